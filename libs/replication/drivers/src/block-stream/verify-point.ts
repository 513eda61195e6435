import { notFound } from '@lifeboat/kernel';
import { verifyDevice } from '@lifeboat/replication-blocks';
import type { BlockDevice } from '@lifeboat/replication-blocks';
import { done } from '@lifeboat/replication-driver-api';
import type {
  DriverIo,
  Materialised,
  Outcome,
  PointOfDisk,
  Transferred,
  Verified,
} from '@lifeboat/replication-driver-api';
import { join } from 'node:path';
import { reachOf } from './reach.ts';
import { asReplica } from './replica.ts';
import type { Replica } from './replica.ts';
import type { BlockStreamSettings } from './settings.ts';
import { treeOf } from './stream.ts';

type What = { readonly side: 'source' | 'target' } | { readonly copy: Materialised };

/** Reads a whole point again, where it stands. Where a tree of it is kept, it also tells where it differs. */
export async function verifyPoint(
  settings: BlockStreamSettings,
  point: PointOfDisk,
  transferred: Transferred,
  what: What,
  io: DriverIo,
): Promise<Outcome<Verified>> {
  const replica = asReplica(transferred.replica);
  await using device = await open(settings, point, replica, what, io);
  const atSource = 'side' in what && what.side === 'source';
  const kept = atSource
    ? treeOf(settings, io.source.site, point)
    : { folder: join(settings.folder, io.target.site, 'replicas'), name: replica.volumeId };
  const { equal, root, bytes, differs } = await verifyDevice({
    device,
    key: Buffer.from(replica.key, 'base64'),
    root: replica.root,
    kept,
    read: async () => undefined,
    signal: io.signal,
  });
  return done({ equal, root, bytes, ...(differs && { differs }) });
}

function open(
  settings: BlockStreamSettings,
  { disk }: PointOfDisk,
  { sourceSnapshotId, snapshotId, volumeId }: Replica,
  what: What,
  io: DriverIo,
): Promise<BlockDevice> {
  if ('copy' in what) {
    if (what.copy.kind !== 'volume') throw notFound('copy-not-a-volume', 'A copy of this driver is a volume.');
    const reach = reachOf(settings, io.target.site, settings.sites[io.target.site]?.replicaType);
    return reach.openVolume(what.copy.volumeId, { writable: false, signal: io.signal });
  }
  if (what.side === 'target') {
    const reach = reachOf(settings, io.target.site, settings.sites[io.target.site]?.replicaType);
    return reach.openSnapshot({ volumeId, snapshotId }, io.signal);
  }
  const reach = reachOf(settings, io.source.site, disk.volumeType);
  return reach.openSnapshot({ volumeId: disk.id, snapshotId: sourceSnapshotId }, io.signal);
}
