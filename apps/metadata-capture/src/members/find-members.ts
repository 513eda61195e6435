import { refKey } from '@lifeboat/openstack-entity-api';
import type { Entity, Ref } from '@lifeboat/openstack-entity-api';
import type { EntityManager } from 'typeorm';
import { found, queries, QUERIED } from '../capture/roots.ts';
import type { Stack } from '../capture/roots.ts';
import type { Place } from '../observe/observations.ts';
import type { WatchedGroup } from '../watch/groups.ts';
import { membersOf } from './group-members.ts';

const QUERIED_AT_ONCE = 1_000;

/** Of a server or volume what queries ask for. */
type Queried = Pick<Entity, 'kind' | 'id' | 'name' | 'spec'>;

/** Servers and volumes of the project itself, as they are stored now. */
async function* queriedEntities(tx: EntityManager, { site, project }: Place): AsyncGenerator<Queried> {
  let last: Ref | undefined = { kind: '', id: '' };
  while (last) {
    const page: Queried[] = await tx.query(
      `select o.kind, o.source_id as id, v.content ->> 'name' as name,
         jsonb_build_object('tags', v.content #> '{spec,tags}', 'metadata', v.content #> '{spec,metadata}') as spec
       from observation o join entity_version v on v.digest = o.digest
       where o.site = $1 and o.project = $2 and o.seen_until is null and o.origin = 'owned' and o.kind = any($3) and (o.kind, o.source_id) > ($4, $5)
       order by o.kind, o.source_id limit $6`,
      [site, project, [...QUERIED], last.kind, last.id, QUERIED_AT_ONCE],
    );
    yield* page;
    last = page.length === QUERIED_AT_ONCE ? page.at(-1) : undefined;
  }
}

/** Of the project; of groups that ask for none there is no need of any. */
async function stacksOf(
  tx: EntityManager,
  { site, project }: Place,
  groups: readonly WatchedGroup[],
): Promise<Stack[]> {
  if (groups.every(({ members }) => members.stack === undefined)) return [];
  const rows: { content: Stack }[] = await tx.query(
    `select v.content from observation o join entity_version v on v.digest = o.digest
     where o.site = $1 and o.project = $2 and o.seen_until is null and o.origin = 'owned' and o.kind = 'stack'`,
    [site, project],
  );
  return rows.map(({ content }) => content);
}

/** What the queries of a site's groups find, and which of their members are still there. */
export interface FoundMembers {
  readonly matches: ReadonlyMap<string, readonly Queried[]>;
  readonly there: ReadonlySet<string>;
}

/** Nothing is read where no group asks for anything. */
export async function findMembers(
  tx: EntityManager,
  place: Place,
  groups: readonly WatchedGroup[],
): Promise<FoundMembers> {
  const asking = groups.filter((group) => queries(group.members));
  const members = new Set<string>();
  for (const { groupId } of groups) for (const member of await membersOf(tx, groupId)) members.add(refKey(member));
  const matches = new Map<string, Queried[]>(asking.map(({ groupId }) => [groupId, []]));
  const there = new Set<string>();
  if (asking.length === 0 && members.size === 0) return { matches, there };
  const stacks = await stacksOf(tx, place, asking);
  for await (const entity of queriedEntities(tx, place)) {
    if (members.has(refKey(entity))) there.add(refKey(entity));
    for (const group of asking) if (found(group.members, entity, stacks)) matches.get(group.groupId)?.push(entity);
  }
  return { matches, there };
}
