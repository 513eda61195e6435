import type { Joining, Members } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';

/** A group as protection told of it. */
export interface WatchedGroup {
  readonly groupId: string;
  readonly site: string;
  readonly policy: string;
  readonly members: Members;
  readonly state: string;
  readonly rpoLimit: number | null;
  readonly joining: Joining;
  readonly alarmedAt: Date | null;
  /** When its query was first asked; until then all that it finds belongs to it from the start. */
  readonly foundAt: Date | null;
  readonly knownSince: Date;
}

const SELECT = `select group_id as "groupId", site, policy, members, state, rpo_limit as "rpoLimit", joining, alarmed_at as "alarmedAt", found_at as "foundAt", known_since as "knownSince" from watched_group`;

export const allGroups = (tx: EntityManager): Promise<WatchedGroup[]> => tx.query(`${SELECT} order by group_id`);
export const groupsOf = (tx: EntityManager, site: string): Promise<WatchedGroup[]> =>
  tx.query(`${SELECT} where site = $1 order by group_id`, [site]);

export async function readGroup(tx: EntityManager, groupId: string): Promise<WatchedGroup | undefined> {
  const rows: WatchedGroup[] = await tx.query(`${SELECT} where group_id = $1`, [groupId]);
  return rows[0];
}

/** `toldAt`: when that was true; what is older than what is stored changes nothing. A changed query begins with no members. */
export async function keepGroup(
  tx: EntityManager,
  group: Omit<WatchedGroup, 'alarmedAt' | 'foundAt' | 'knownSince'>,
  toldAt: Date,
): Promise<void> {
  const { groupId, site, policy, members, state, rpoLimit, joining } = group;
  await tx.query(
    `delete from group_member m using watched_group g where g.group_id = m.group_id and g.group_id = $1
     and (g.members <> $2::jsonb or g.site <> $3) and g.told_at <= $4`,
    [groupId, JSON.stringify(members), site, toldAt],
  );
  await tx.query(
    `insert into watched_group (group_id, site, policy, members, state, rpo_limit, told_at, joining) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (group_id) do update set site = excluded.site, policy = excluded.policy, members = excluded.members, state = excluded.state,
       rpo_limit = excluded.rpo_limit, joining = excluded.joining,
       found_at = case when watched_group.members = excluded.members and watched_group.site = excluded.site then watched_group.found_at end,
       told_at = excluded.told_at where watched_group.told_at <= excluded.told_at`,
    [groupId, site, policy, JSON.stringify(members), state, rpoLimit, toldAt, joining],
  );
}

export const dropGroup = async (tx: EntityManager, groupId: string): Promise<void> =>
  void (await tx.query(`delete from watched_group where group_id = $1`, [groupId]));

/** Those that protection does not list any more. */
export const dropOthers = async (tx: EntityManager, groupIds: readonly string[], toldAt: Date): Promise<void> =>
  void (await tx.query(`delete from watched_group where not (group_id = any($1)) and told_at <= $2`, [
    groupIds,
    toldAt,
  ]));

/** A run fails the group over: its primary is not read any more, whatever was told before. */
export const groupLeft = async (tx: EntityManager, groupId: string, now: Date): Promise<void> =>
  void (await tx.query(`update watched_group set state = 'failing-over', told_at = $2 where group_id = $1`, [
    groupId,
    now,
  ]));

/** Sites of which every group is protected: as soon as one is being failed over, the site is left alone. */
export async function sitesToWatch(tx: EntityManager): Promise<readonly string[]> {
  const rows: { site: string }[] = await tx.query(
    `select site from watched_group group by site having bool_and(state = 'protected') order by site`,
  );
  return rows.map(({ site }) => site);
}

export const groupUnknown = (groupId: string) =>
  notFound('group-not-found', `metadata-capture knows no protection group "${groupId}".`, {
    mend: 'List them with "lifeboat group list"; a new one is known here after a few seconds.',
  });
