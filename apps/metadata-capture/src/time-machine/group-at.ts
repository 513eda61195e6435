import type { Gap, Instant } from '@lifeboat/contracts';
import { invalidInput, notFound } from '@lifeboat/kernel';
import { entities } from '@lifeboat/openstack-entities';
import { closure, topology } from '@lifeboat/openstack-entity-api';
import type { Entity } from '@lifeboat/openstack-entity-api';
import type { EntityManager } from 'typeorm';
import { rootsOf } from '../capture/roots.ts';
import { membershipOf, membersOf } from '../members/group-members.ts';
import { groupUnknown, readGroup } from '../watch/groups.ts';
import { gapsIn, readWatch } from '../watch/watch.ts';
import { entitiesAt } from './entities-at.ts';

export interface GroupThen {
  readonly at: Date;
  /** Absent for a point of a group that is known no more. */
  readonly site?: string;
  readonly entities: readonly Entity[];
  /** Nobody was looking at that moment. */
  readonly gap?: Gap;
}

const CLOCKS_DIFFER_MS = 5_000;

/**
 * What a group held at a moment: by its members as they are declared today, with what their query found then. Of a recovery point: what belongs to its data,
 * kept as long as the point.
 */
export function groupAt(tx: EntityManager, groupId: string, when: Instant, keepDays: number): Promise<GroupThen> {
  return 'pointId' in when ? pointOf(tx, groupId, when.pointId) : instantOf(tx, groupId, new Date(when.at), keepDays);
}

async function pointOf(tx: EntityManager, groupId: string, pointId: string): Promise<GroupThen> {
  const [point]: { groupId: string; digest: string; at: Date }[] = await tx.query(
    `select group_id as "groupId", digest, captured_at as at from point_topology where point_id = $1`,
    [pointId],
  );
  if (!point || point.groupId !== groupId)
    throw notFound('point-not-found', `Group ${groupId} has no recovery point "${pointId}" with metadata.`, {
      mend: `List them with "lifeboat point list ${groupId}", or give a time such as 2026-01-31T12:00:00Z.`,
    });
  const rows: { content: Entity }[] = await tx.query(
    `select v.content from topology t join entity_version v on v.digest = any(t.members) where t.digest = $1 order by v.kind, v.source_id`,
    [point.digest],
  );
  const site = (await readGroup(tx, groupId))?.site;
  return { at: point.at, entities: rows.map(({ content }) => content), ...(site !== undefined && { site }) };
}

async function instantOf(tx: EntityManager, groupId: string, at: Date, keepDays: number): Promise<GroupThen> {
  const group = await readGroup(tx, groupId);
  if (!group) throw groupUnknown(groupId);
  const now = Date.now();
  if (at.getTime() > now + CLOCKS_DIFFER_MS)
    throw invalidInput('instant-in-future', `${at.toISOString()} has not come yet.`, {
      mend: 'Give a time that has passed.',
    });
  const watch = await readWatch(tx, group.site);
  const since = watch && (await observedSince(tx, watch.site, watch.project, keepDays));
  if (!watch || !since || at < since)
    throw notFound('not-observed-then', `Nothing is known of ${group.site} at ${at.toISOString()}.`, {
      mend: since
        ? `It is known since ${since.toISOString()} (versions are kept for ${keepDays} days; recovery points keep theirs).`
        : 'It has not been looked at yet; ask again when its first sweep is done.',
    });
  const { from, entities: held } = await heldAt(tx, groupId, watch, at);
  return { at, site: group.site, entities: held, ...(from && { gap: from }) };
}

async function observedSince(
  tx: EntityManager,
  site: string,
  project: string,
  keepDays: number,
): Promise<Date | undefined> {
  const [row]: { first: Date | null }[] = await tx.query(
    `select min(seen_from) as first from observation where site = $1 and project = $2`,
    [site, project],
  );
  const kept = new Date(Date.now() - keepDays * 86_400_000);
  return row?.first ? new Date(Math.max(row.first.getTime(), kept.getTime())) : undefined;
}

async function heldAt(
  tx: EntityManager,
  groupId: string,
  watch: { readonly site: string; readonly project: string },
  at: Date,
): Promise<{ readonly from: Gap | undefined; readonly entities: readonly Entity[] }> {
  const group = await readGroup(tx, groupId);
  const all = topology(await entitiesAt(tx, watch, at));
  const then = (await membersOf(tx, groupId)).filter(({ joinedAt }) => joinedAt !== null && joinedAt <= at);
  const { roots } = rootsOf(group ? membershipOf(group, then) : {}, all);
  const [gap] = await gapsIn(tx, watch.site, at, new Date(at.getTime() + 1));
  return { from: gap, entities: closure(all, entities, roots).topology.entities };
}
