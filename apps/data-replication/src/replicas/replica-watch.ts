import { ReplicaDamaged } from '@lifeboat/contracts';
import { Database, Every, LOGGER, SETTINGS, Sites } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { damageOf, standsFor } from './damage.ts';
import type { Watched } from './damage.ts';
import { standingAt } from './standing.ts';
import type { Standing } from './standing.ts';

const TICK_MS = 1_000;
/** What was never looked at is looked at soon; so long after a look that failed. */
const SOON_MS = 2_000;

interface Row extends Watched {
  readonly diskKind: string;
  readonly name: string;
}

const COMPLETE = `select point_id as "pointId", group_id as "groupId", disk_kind as "diskKind", disk_id as "diskId", disk->>'name' as name, standing
  from point_disk where target = $1 and state = 'complete' and damaged_at is null`;

/**
 * Looks whether what stands at recovery sites for the disks of complete points still does: every so often, and as soon as a notification tells of one of them.
 * What it finds damaged is said once, and nothing is built on it any more; what is made anew is the next point's. Several instances may look.
 */
@Injectable()
export class ReplicaWatch {
  private readonly lookedAt = new Map<string, number>();
  private readonly underWay = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly clouds: Sites,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_REPLICA_LOOK_SECONDS: number },
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** A notification told of these ids at a site: if one is of a replica, the site is looked at now. */
  async heard(site: string, ids: readonly string[]): Promise<void> {
    const known: unknown[] = await this.database.query(
      `select 1 from point_disk where target = $1 and state = 'complete' and damaged_at is null
       and exists (select from jsonb_array_elements_text(standing) as s(name) where split_part(s.name, ' ', 2) = any($2)) limit 1`,
      [site, ids],
    );
    if (known.length > 0) this.lookedAt.delete(site);
  }

  @Every(TICK_MS)
  async tick(): Promise<void> {
    const sites: { site: string; unseen: boolean }[] = await this.database.query(
      `select target as site, bool_or(standing is null) as unseen from point_disk where state = 'complete' and damaged_at is null group by target`,
    );
    for (const { site, unseen } of sites) {
      const every = unseen ? SOON_MS : this.settings.LIFEBOAT_REPLICA_LOOK_SECONDS * 1_000;
      if (this.underWay.has(site) || Date.now() - (this.lookedAt.get(site) ?? 0) < every) continue;
      this.underWay.add(site);
      this.lookedAt.set(site, Date.now());
      // One slow site must not keep the others waiting.
      void this.look(site).finally(() => this.underWay.delete(site));
    }
  }

  private async look(site: string): Promise<void> {
    try {
      // Complete before the look began: what is being made or discarded is not missed.
      const rows: Row[] = await this.database.query(COMPLETE, [site]);
      const standing = await standingAt(await this.clouds.open(site));
      await this.database.transaction((tx, out) => judge(tx, out, site, { rows, standing }));
    } catch (thrown) {
      this.log.warn({ err: thrown, site }, 'replicas could not be looked at; it is tried again');
    }
  }
}

async function judge(
  tx: EntityManager,
  out: Outgoing,
  site: string,
  { rows, standing }: { readonly rows: readonly Row[]; readonly standing: readonly Standing[] },
): Promise<void> {
  // Whoever discards a point says so before it removes anything: what is complete still was so when it was looked at.
  const still: Row[] = await tx.query(`${COMPLETE} for update`, [site]);
  const complete = new Set(still.map(keyOf));
  for (const row of rows.filter((one) => complete.has(keyOf(one)))) {
    const damage = damageOf(row, standing);
    if (row.standing === null)
      await tx.query(`update point_disk set standing = $4 where point_id = $1 and disk_kind = $2 and disk_id = $3`, [
        ...idOf(row),
        JSON.stringify(standsFor(row, standing).map(({ name }) => name)),
      ]);
    if (damage === undefined) continue;
    await tx.query(
      `update point_disk set damaged_at = now(), damage = $4 where point_id = $1 and disk_kind = $2 and disk_id = $3`,
      [...idOf(row), damage],
    );
    const { groupId, pointId, diskKind: kind, diskId: id, name } = row;
    await out.emit(ReplicaDamaged, { groupId, pointId, target: site, disk: { kind, id, name }, damage });
  }
}

const idOf = ({ pointId, diskKind, diskId }: Row): readonly string[] => [pointId, diskKind, diskId];
const keyOf = (row: Row): string => idOf(row).join(' ');
