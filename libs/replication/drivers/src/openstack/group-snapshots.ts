import type { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { textOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark, PointOfDisk } from '@lifeboat/replication-driver-api';
import { found } from './remembered.ts';

/** From here on groups tell which volumes they hold; group snapshots came with 3.14. */
const GROUPS_AND_THEIR_VOLUMES = '3.25';
/** On a member of a group snapshot: its disk needs it no more. One alone cannot be deleted. */
const RELEASED = 'lifeboat_released';

interface Member {
  readonly id: string;
  readonly status: string;
  readonly description?: string | null;
  readonly group_snapshot_id?: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A group snapshot takes no metadata, and hands its description on to its members: so that bears the mark, and the moment in which it was asked
 * for, by our clock.
 */
const descriptionOf = (mark: Mark, requestedAt: string): string => `${textOf(mark)} requested=${requestedAt}`;

export const isMemberOf = ({ group_snapshot_id: group, description }: Member, pointMark: Mark): boolean =>
  typeof group === 'string' && (description ?? '').startsWith(`${textOf(pointMark)} `);

export const requestedAtOf = ({ description }: Member): string | undefined =>
  / requested=(\S+)$/.exec(description ?? '')?.[1];

/**
 * The Cinder group that can be snapshotted in one instant for all disks which a driver carries of a point: they are all of one group, it holds nothing
 * else (that would be snapshotted too, and counted against quotas), and its type promises it. What a type promises only administrators are
 * shown; others get snapshots in order.
 */
export async function groupToSnapshot({ disk, together = [] }: PointOfDisk, cloud: Cloud): Promise<string | undefined> {
  if (together.length < 2 || !(await cloud.volume.supports(GROUPS_AND_THEIR_VOLUMES))) return undefined;
  const read = cloud.volume.get<{ volume: { readonly group_id?: string | null } }>(`/volumes/${disk.id}`);
  const volume = (await found(read))?.volume;
  if (!volume?.group_id) return undefined;
  const { group } = await cloud.volume.get<{
    group: { readonly group_type: string; readonly status: string; readonly volumes?: readonly string[] };
  }>(`/groups/${volume.group_id}`, { query: { list_volume: 'true' } });
  const held = new Set(group.volumes);
  if (held.size !== together.length || !together.every(({ id }) => held.has(id))) return undefined;
  const type = await found(
    cloud.volume.get<{ group_type: { readonly group_specs?: Readonly<Record<string, string>> } }>(
      `/group_types/${group.group_type}`,
    ),
  );
  const promised = type?.group_type.group_specs?.['consistent_group_snapshot_enabled'];
  return /^<is> true$/i.test(promised ?? '') ? volume.group_id : undefined;
}

/** Answers its id, for the memo. What is asked for twice is found by its mark, and goes with the rest. */
export async function requestGroupSnapshot(groupId: string, point: PointOfDisk, io: DriverIo): Promise<string> {
  const body = {
    group_id: groupId,
    name: `lifeboat ${point.pointId}`,
    description: descriptionOf(io.markOfPoint('snapshot'), io.now()),
  };
  const made = await io.source.volume.post<{ group_snapshot: { readonly id: string } }>('/group_snapshots', {
    group_snapshot: body,
  });
  return made.group_snapshot.id;
}

/** Lists may show new things late: what was asked for is not asked for again. */
export const isThere = async (cloud: Cloud, groupSnapshotId: string): Promise<boolean> =>
  (await found(cloud.volume.get(`/group_snapshots/${groupSnapshotId}`))) !== undefined;

/** Quiet where somebody else has asked already: all disks of the point may come to it at once. */
export async function deleteGroupSnapshot(cloud: Cloud, id: string): Promise<void> {
  await cloud.volume.delete(`/group_snapshots/${id}`).catch((thrown: LifeboatError) => {
    // Being made, or being deleted.
    if (thrown.kind !== 'invalid-input' && thrown.kind !== 'conflict') throw thrown;
  });
}

/**
 * Lets go of members of group snapshots: each is marked, and the whole goes when all of its members are. `true` when nothing is left to do here: who lets go
 * last waits until it is gone.
 */
export async function letGoOfMembers(cloud: Cloud, members: readonly Member[]): Promise<boolean> {
  let gone = true;
  for (const { id, group_snapshot_id: groupSnapshotId, metadata, status } of members) {
    // Not under the hands of whoever reads it: a backup, say.
    if (typeof groupSnapshotId !== 'string' || !/^(available|error|deleting)/.test(status)) return false;
    if (!(RELEASED in metadata) && status !== 'deleting')
      await cloud.volume.post(`/snapshots/${id}/metadata`, { metadata: { [RELEASED]: 'yes' } });
    if (await someAreNeeded(cloud, groupSnapshotId)) continue;
    await deleteGroupSnapshot(cloud, groupSnapshotId);
    gone = false;
  }
  return gone;
}

async function someAreNeeded(cloud: Cloud, groupSnapshotId: string): Promise<boolean> {
  for await (const one of cloud.volume.list<Member>('/snapshots/detail', 'snapshots'))
    if (one.group_snapshot_id === groupSnapshotId && !(RELEASED in one.metadata)) return true;
  return false;
}
