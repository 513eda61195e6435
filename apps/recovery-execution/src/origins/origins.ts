import { Database } from '@lifeboat/service-kit';
import type { Ref } from '@lifeboat/openstack-entity-api';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Two ids of one entity, at the two sites of a run. */
export interface Traced extends Ref {
  /** Where the run took it from. */
  readonly sourceId: string;
}

interface Place {
  readonly groupId: string;
  readonly source: string;
  readonly target: string;
}

/**
 * What stands for what at the sites of a group. An entity goes by the id that it had when the group first left its home, however often it is made anew: so
 * that a later way home finds its originals again.
 */
@Injectable()
export class Origins {
  constructor(private readonly database: Database) {}

  /** Tracing the same run twice is the same as once. */
  async keep(tx: EntityManager, { groupId, source, target }: Place, traced: readonly Traced[]): Promise<void> {
    await tx.query(
      `with entry as (select * from unnest($4::text[], $5::text[], $6::text[]) as e (kind, source_id, target_id)),
       known as (
         select e.*, coalesce(o.entity, e.source_id) as entity
         from entry e left join origin o on o.group_id = $1 and o.site = $2 and o.kind = e.kind and o.id = e.source_id)
       insert into origin (group_id, kind, entity, site, id)
       select $1, kind, entity, $2, source_id from known union all select $1, kind, entity, $3, target_id from known
       on conflict (group_id, kind, entity, site) do update set id = excluded.id`,
      [
        groupId,
        source,
        target,
        traced.map(({ kind }) => kind),
        traced.map(({ sourceId }) => sourceId),
        traced.map(({ id }) => id),
      ],
    );
  }

  /** `kind/id` at one site → id at the other, of all that has been at both. */
  async between({ groupId, source, target }: Place): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.query<{ kind: string; here: string; there: string }[]>(
      `select h.kind, h.id as here, t.id as there from origin h join origin t using (group_id, kind, entity)
       where h.group_id = $1 and h.site = $2 and t.site = $3`,
      [groupId, source, target],
    );
    return new Map(rows.map(({ kind, here, there }) => [`${kind}/${here}`, there]));
  }

  /** Id at a site → the other ids by which a server of the group goes, or went first: those of other sites, and of its first home. */
  async aliases(groupId: string, site: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await this.database.query<{ id: string; others: string[] }[]>(
      `select h.id, array_agg(distinct o.id) || h.entity as others from origin h join origin o using (group_id, kind, entity)
       where h.group_id = $1 and h.site = $2 and h.kind = 'server' group by h.id, h.entity`,
      [groupId, site],
    );
    return new Map(rows.map(({ id, others }) => [id, others.filter((other) => other !== id)]));
  }

  /** All of these kinds that the group has, or had, at a site. */
  async at(groupId: string, site: string, kinds: readonly string[]): Promise<readonly Ref[]> {
    return this.database.query<Ref[]>(
      `select kind, id from origin where group_id = $1 and site = $2 and kind = any($3) order by kind, id`,
      [groupId, site, kinds],
    );
  }
}
