import type { Json } from '@lifeboat/kernel';
import { external, notFound } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears, done, inProgress, markOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark, Outcome, PointOfDisk, SnapshotTaken } from '@lifeboat/replication-driver-api';
import type { Freezable } from './frozen-snapshots.ts';
import { frozenAt, isFrozenFor, removeFreezeImages, requestFrozen, serverToFreeze } from './frozen-snapshots.ts';
import {
  deleteGroupSnapshot,
  groupToSnapshot,
  isMemberOf,
  isThere,
  letGoOfMembers,
  requestedAtOf,
  requestGroupSnapshot,
} from './group-snapshots.ts';
import { withRemembered } from './remembered.ts';
import { oldestFirst } from './volumes.ts';

export interface Snapshot {
  readonly id: string;
  readonly name?: string | null;
  readonly volume_id: string;
  readonly status: string;
  /** GiB. */
  readonly size: number;
  readonly created_at: string;
  readonly description?: string | null;
  readonly group_snapshot_id?: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `alone`: it was looked, and the disk is snapshotted by itself. */
type Memo = { readonly snapshotId?: string; readonly alone?: true; readonly groupSnapshotId?: string };

const AGAIN_MS = 500;
/** Where the moment is kept in which the snapshot was asked for, by our clock and not Cinder's. */
const REQUESTED_AT = 'lifeboat_requested_at';

/** Of the disk itself, or in a group snapshot of its point, or one that Nova made of its server. */
export async function findSnapshots(
  cloud: Cloud,
  volumeId: string,
  mark: Mark,
  remembered?: string,
): Promise<readonly Snapshot[]> {
  const ofPoint = pointMarkOf(mark);
  const found: Snapshot[] = [];
  for await (const snapshot of cloud.volume.list<Snapshot>('/snapshots/detail', 'snapshots', {
    query: { volume_id: volumeId },
  }))
    if (bears(snapshot.metadata, mark) || isMemberOf(snapshot, ofPoint) || isFrozenFor(snapshot, ofPoint))
      found.push(snapshot);
  return withRemembered(oldestFirst(found), remembered, (id) => readSnapshot(cloud, id));
}

export const readSnapshot = async (cloud: Cloud, id: string): Promise<Snapshot> =>
  (await cloud.volume.get<{ snapshot: Snapshot }>(`/snapshots/${id}`)).snapshot;

/** The point's own mark, from that of one of its disks. */
const pointMarkOf = ({ lifeboat_point: pointId, lifeboat_purpose: purpose }: Mark): Mark =>
  markOf({ ...(pointId !== undefined && { pointId }) }, purpose ?? 'snapshot');

/**
 * The `snapshot` verb of drivers that begin with a Cinder snapshot: of all volumes of a server while its file systems are frozen, where its image requires that; else one
 * group snapshot for all disks of the point where that can be had, else one for each.
 */
export async function takeSnapshot(
  point: PointOfDisk,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<SnapshotTaken>> {
  const memo = (before ?? {}) as Memo;
  const found = await findSnapshots(io.source, point.disk.id, io.mark('snapshot'), memo.snapshotId);
  const snapshot = found.find(({ status }) => status !== 'deleting');
  if (!snapshot) return request(point, memo, io);
  if (snapshot.status === 'available') return settle(snapshot, io);
  if (snapshot.status.startsWith('error')) return giveUp(snapshot, point, io);
  return inProgress({ ...memo, snapshotId: snapshot.id }, AGAIN_MS);
}

async function settle(snapshot: Snapshot, io: DriverIo): Promise<Outcome<SnapshotTaken>> {
  const group = snapshot.group_snapshot_id;
  const frozen = frozenAt(snapshot);
  // Whoever asked for it may have died before.
  if (frozen !== undefined) await removeFreezeImages(io.source, io.markOfPoint('snapshot'));
  return done({
    requestedAt: snapshot.metadata[REQUESTED_AT] ?? requestedAtOf(snapshot) ?? frozen ?? io.now(),
    completedAt: io.now(),
    snapshot: { snapshotId: snapshot.id },
    ...(typeof group === 'string' && { instant: group }),
    ...(frozen !== undefined && { quiesced: 'file-systems' as const }),
  });
}

async function request(point: PointOfDisk, memo: Memo, io: DriverIo): Promise<Outcome<never>> {
  // Frozen by a hook its file systems already are, as far as somebody wants them to be.
  const server = memo.alone || point.frozen ? undefined : await serverToFreeze(point, io.source);
  if (server) return requestOfServer(server, point, io);
  const groupId = memo.alone ? undefined : await groupToSnapshot(point, io.source);
  const first = point.together?.[0]?.id ?? point.disk.id;
  if (groupId === undefined || (first !== point.disk.id && (await isSnapshottedAlone(first, point, io))))
    return inProgress({ alone: true, snapshotId: await requestSnapshot(point, io.mark('snapshot'), io) }, AGAIN_MS);
  if (first !== point.disk.id) return inProgress({}, AGAIN_MS);
  if (memo.groupSnapshotId !== undefined && (await isThere(io.source, memo.groupSnapshotId)))
    return inProgress(memo, AGAIN_MS);
  return inProgress({ groupSnapshotId: await requestGroupSnapshot(groupId, point, io) }, AGAIN_MS);
}

async function requestOfServer(server: Freezable, point: PointOfDisk, io: DriverIo): Promise<Outcome<never>> {
  const { leader } = server;
  const alone =
    leader === point.disk.id ? !(await requestFrozen(server, io)) : await isSnapshottedAlone(leader, point, io);
  return inProgress(
    alone ? { alone: true, snapshotId: await requestSnapshot(point, io.mark('snapshot'), io) } : {},
    AGAIN_MS,
  );
}

/** The first of the disks was snapshotted by itself: nobody waits for a snapshot of all then. */
async function isSnapshottedAlone(first: string, { pointId }: PointOfDisk, { source }: DriverIo): Promise<boolean> {
  const found = await findSnapshots(source, first, markOf({ pointId, diskId: first }, 'snapshot'));
  return found.some((one) => typeof one.group_snapshot_id !== 'string' && frozenAt(one) === undefined);
}

async function giveUp(snapshot: Snapshot, { disk }: PointOfDisk, { source }: DriverIo): Promise<never> {
  const group = snapshot.group_snapshot_id;
  if (typeof group === 'string') await deleteGroupSnapshot(source, group);
  else await source.volume.delete(`/snapshots/${snapshot.id}`);
  throw external('snapshot-broken', `Cinder of ${source.site} could not take a snapshot of volume ${disk.id}.`, {
    retry: 'yes',
    data: { snapshot: snapshot.id },
  });
}

async function requestSnapshot({ disk, pointId }: PointOfDisk, mark: Mark, io: DriverIo): Promise<string> {
  const metadata = { ...mark, [REQUESTED_AT]: io.now() };
  const { source } = io;
  const snapshot = { volume_id: disk.id, name: `lifeboat ${pointId}`, force: true, metadata };
  const asked = source.volume.post<{ snapshot: { readonly id: string } }>('/snapshots', { snapshot });
  const made = await asked.catch((thrown: unknown) => {
    if ((thrown as { kind?: string }).kind !== 'not-found') throw thrown;
    throw notFound('disk-gone', `Volume "${disk.name}" (${disk.id}) is not at ${source.site} any more.`, {
      mend: 'Take a new point: it captures what is there now.',
      cause: thrown,
    });
  });
  return made.snapshot.id;
}

/**
 * Asks Cinder to delete the marked snapshots of a volume. `true` when nothing is left, or what is left is of a group snapshot that other disks of the point
 * still need. Volumes made from them must be gone before: Ceph keeps them else.
 */
export async function removeSnapshots(
  cloud: Cloud,
  volumeId: string,
  mark: Mark,
  remembered?: string,
): Promise<boolean> {
  const snapshots = await findSnapshots(cloud, volumeId, mark, remembered);
  const members = snapshots.filter(({ group_snapshot_id: group }) => typeof group === 'string');
  const own = snapshots.filter(({ group_snapshot_id: group }) => typeof group !== 'string');
  if (own.some((one) => frozenAt(one) !== undefined)) await removeFreezeImages(cloud, pointMarkOf(mark));
  for (const { id, status } of own)
    if (status === 'available' || status.startsWith('error')) await cloud.volume.delete(`/snapshots/${id}`);
  return (await letGoOfMembers(cloud, members)) && own.length === 0;
}
