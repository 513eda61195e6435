import type { Json } from '@lifeboat/kernel';
import { external, notFound } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears, done, inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark, Outcome, PointOfDisk, SnapshotTaken } from '@lifeboat/replication-driver-api';
import { withRemembered } from './remembered.ts';
import { oldestFirst } from './volumes.ts';

export interface Snapshot {
  readonly id: string;
  readonly volume_id: string;
  readonly status: string;
  /** GiB. */
  readonly size: number;
  readonly created_at: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const AGAIN_MS = 500;
/** Where the moment is kept in which the snapshot was asked for, by our clock and not Cinder's. */
const REQUESTED_AT = 'lifeboat_requested_at';

/** Of one volume; those that bear the mark. */
export async function findSnapshots(
  cloud: Cloud,
  volumeId: string,
  mark: Mark,
  remembered?: string,
): Promise<readonly Snapshot[]> {
  const found: Snapshot[] = [];
  for await (const snapshot of cloud.volume.list<Snapshot>('/snapshots/detail', 'snapshots', {
    query: { volume_id: volumeId },
  }))
    if (bears(snapshot.metadata, mark)) found.push(snapshot);
  return withRemembered(oldestFirst(found), remembered, (id) => readSnapshot(cloud, id));
}

export const readSnapshot = async (cloud: Cloud, id: string): Promise<Snapshot> =>
  (await cloud.volume.get<{ snapshot: Snapshot }>(`/snapshots/${id}`)).snapshot;

/** The `snapshot` verb of drivers that begin with a Cinder snapshot. */
export async function takeSnapshot(
  point: PointOfDisk,
  memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<SnapshotTaken>> {
  const mark = io.mark('snapshot');
  const { snapshotId } = (memo ?? {}) as { readonly snapshotId?: string };
  const [snapshot] = await findSnapshots(io.source, point.disk.id, mark, snapshotId);
  if (!snapshot) return inProgress({ snapshotId: await requestSnapshot(point, mark, io) }, AGAIN_MS);
  if (snapshot.status === 'available') {
    const requestedAt = snapshot.metadata[REQUESTED_AT] ?? io.now();
    return done({ requestedAt, completedAt: io.now(), snapshot: { snapshotId: snapshot.id } });
  }
  if (snapshot.status.startsWith('error')) {
    await io.source.volume.delete(`/snapshots/${snapshot.id}`);
    throw external(
      'snapshot-broken',
      `Cinder of ${io.source.site} could not take a snapshot of volume ${point.disk.id}.`,
      { retry: 'yes', data: { snapshot: snapshot.id } },
    );
  }
  return inProgress({ snapshotId: snapshot.id }, AGAIN_MS);
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

/** Asks Cinder to delete the marked snapshots of a volume. `true` when nothing is left. Volumes made from them must be gone before: Ceph keeps them else. */
export async function removeSnapshots(
  cloud: Cloud,
  volumeId: string,
  mark: Mark,
  remembered?: string,
): Promise<boolean> {
  const snapshots = await findSnapshots(cloud, volumeId, mark, remembered);
  for (const { id, status } of snapshots)
    if (status === 'available' || status.startsWith('error')) await cloud.volume.delete(`/snapshots/${id}`);
  return snapshots.length === 0;
}
