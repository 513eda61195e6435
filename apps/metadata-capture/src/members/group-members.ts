import { MemberJoined, MemberStrayed, MemberWaiting } from '@lifeboat/contracts';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Ref } from '@lifeboat/openstack-entity-api';
import type { Outgoing } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import type { Membership } from '../capture/roots.ts';
import type { WatchedGroup } from '../watch/groups.ts';
import type { FoundMembers } from './find-members.ts';

export interface GroupMember extends Ref {
  readonly name: string;
  readonly foundAt: Date;
  /** Without it, it waits to be let in. */
  readonly joinedAt: Date | null;
  /** It matches the query no more, and is kept until it is released. */
  readonly strayedAt: Date | null;
}

export const membersOf = (tx: EntityManager, groupId: string): Promise<GroupMember[]> =>
  tx.query(
    `select kind, source_id as id, name, found_at as "foundAt", joined_at as "joinedAt", strayed_at as "strayedAt" from group_member where group_id = $1 order by kind, name, source_id`,
    [groupId],
  );

/**
 * How the members of a group are found: by its query, and those that strayed from it and are kept; where nobody joins without approval, of the query's those
 * alone that were let in. Until the query was first asked, all that it finds belongs to the group from the start. Pure.
 */
export function membershipOf(
  { members, joining, foundAt }: Pick<WatchedGroup, 'members' | 'joining' | 'foundAt'>,
  list: readonly GroupMember[],
): Membership {
  const joined = list.filter(({ joinedAt }) => joinedAt !== null);
  const kept = joined.filter(({ strayedAt }) => strayedAt !== null).map(({ kind, id }) => ({ kind, id }));
  return {
    ...members,
    ids: [...(members.ids ?? []), ...kept],
    ...(joining === 'on-approval' && foundAt !== null && { admitted: new Set(joined.map(refKey)) }),
  };
}

/** Who a group's query finds now, against who was a member: what is new joins, or waits; what strayed is kept; what is not there any more is let go. */
export async function updateMembers(
  tx: EntityManager,
  out: Outgoing,
  group: WatchedGroup,
  { matches: all, there }: FoundMembers,
): Promise<void> {
  const { groupId, site } = group;
  const now = new Date();
  const old = new Map((await membersOf(tx, groupId)).map((member) => [refKey(member), member]));
  const matches = all.get(groupId) ?? [];
  const matching = new Set(matches.map(refKey));
  for (const { kind, id, name } of matches) {
    const member = old.get(`${kind}/${id}`);
    const waits = group.joining === 'on-approval' && group.foundAt !== null && !member?.joinedAt;
    if (member && member.strayedAt === null && (waits || member.joinedAt !== null)) continue;
    await tx.query(
      `insert into group_member (group_id, kind, source_id, name, found_at, joined_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (group_id, kind, source_id) do update set strayed_at = null, name = excluded.name,
         joined_at = coalesce(group_member.joined_at, excluded.joined_at)`,
      [groupId, kind, id, name, now, waits ? null : now],
    );
    if (group.foundAt && !member?.joinedAt)
      await out.emit(waits ? MemberWaiting : MemberJoined, { groupId, site, kind, id, name });
  }
  for (const [key, { kind, id, name, joinedAt, strayedAt }] of old) {
    // Who never was let in is protected by nobody, and nothing is kept of it.
    const kept = there.has(key) && joinedAt !== null;
    if (matching.has(key) || (kept && strayedAt !== null)) continue;
    await tx.query(
      kept
        ? `update group_member set strayed_at = $4 where group_id = $1 and kind = $2 and source_id = $3`
        : `delete from group_member where group_id = $1 and kind = $2 and source_id = $3 and $4::timestamptz is not null`,
      [groupId, kind, id, now],
    );
    if (joinedAt !== null) await out.emit(MemberStrayed, { groupId, site, kind, id, name, kept });
  }
  await tx.query(`update watched_group set found_at = $2 where group_id = $1 and found_at is null`, [groupId, now]);
}
