import type { Json } from '@lifeboat/kernel';
import { notFound } from '@lifeboat/kernel';
import { verifyDevice } from '@lifeboat/replication-blocks';
import type { BlockDevice } from '@lifeboat/replication-blocks';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type {
  DriverIo,
  Materialised,
  Outcome,
  PointOfDisk,
  Transferred,
  Verified,
} from '@lifeboat/replication-driver-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { join } from 'node:path';
import { readerAt } from './ends.ts';
import { openSnapshot, reachOf } from './reach.ts';
import type { SnapshotPlace } from './reach.ts';
import { AGAIN_MS, asReplica } from './replica.ts';
import type { BlockStreamSettings } from './settings.ts';
import { dropStaged, MADE_OF, stage, VERIFYING } from './staged.ts';
import type { ToStage } from './staged.ts';
import { treeOf } from './stream.ts';

export interface ToVerify {
  readonly point: PointOfDisk;
  readonly transferred: Transferred;
  readonly what: { readonly side: 'source' | 'target' } | { readonly copy: Materialised };
}

/** What was found, until what was read for that is gone; what was made to read it by. */
type Memo = { readonly found?: Verified; readonly stagedId?: string };

/** What is to be read: at which cloud, by which volume type, a snapshot or a volume. */
interface Place {
  readonly cloud: Cloud;
  readonly type: string | undefined;
  readonly of: SnapshotPlace | { readonly volumeId: string };
}

/** Reads a whole point again, where it stands. Where a tree of it is kept, it also tells where it differs. */
export async function verifyPoint(
  settings: BlockStreamSettings,
  asked: ToVerify,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Verified>> {
  const place = placeOf(settings, asked, io);
  const { cloud, type } = place;
  const reader = readerAt(settings, cloud.site, type);
  if (!reader) return done(await read(settings, asked, await open(settings, place, io), io));
  const memo = (before ?? {}) as Memo;
  const toStage: ToStage = { ...madeOf(place, io), reader, stagedId: memo.stagedId };
  if (memo.found) {
    const gone = await dropStaged(toStage.mark, cloud, memo.stagedId);
    return gone ? done(memo.found) : inProgress({ ...memo } as Json, AGAIN_MS, 0.95);
  }
  const { stagedId, attached } = await stage(toStage, cloud);
  if (!attached) return inProgress({ stagedId }, AGAIN_MS, 0.05);
  const { signal } = io;
  const device = await reachOf(settings, cloud.site, type).openVolume(stagedId, {
    writable: false,
    signal,
    attachment: attached.attachment,
  });
  return inProgress({ stagedId, found: await read(settings, asked, device, io) } as unknown as Json, 0, 0.9);
}

async function read(
  settings: BlockStreamSettings,
  { point, transferred, what }: ToVerify,
  opened: BlockDevice,
  io: DriverIo,
): Promise<Verified> {
  await using device = opened;
  const replica = asReplica(transferred.replica);
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
  return { equal, root, bytes, ...(differs && { differs }) };
}

/** A volume that can be attached, whatever has the original. */
function madeOf({ of }: Place, io: DriverIo): Pick<ToStage, 'mark' | 'origin'> {
  const id = 'snapshotId' in of ? of.snapshotId : of.volumeId;
  return {
    mark: { ...io.mark(VERIFYING), [MADE_OF]: id },
    origin: 'snapshotId' in of ? { snapshot_id: id } : { source_volid: id },
  };
}

function open(settings: BlockStreamSettings, { cloud, type, of }: Place, { signal }: DriverIo): Promise<BlockDevice> {
  const reach = reachOf(settings, cloud.site, type);
  return 'snapshotId' in of
    ? openSnapshot(reach, of, signal)
    : reach.openVolume(of.volumeId, { writable: false, signal });
}

function placeOf(settings: BlockStreamSettings, { point, transferred, what }: ToVerify, io: DriverIo): Place {
  const { sourceSnapshotId, snapshotId, volumeId } = asReplica(transferred.replica);
  if ('side' in what && what.side === 'source')
    return {
      cloud: io.source,
      type: point.disk.volumeType,
      of: { volumeId: point.disk.id, snapshotId: sourceSnapshotId },
    };
  const target = { cloud: io.target, type: settings.sites[io.target.site]?.replicaType };
  if ('side' in what) return { ...target, of: { volumeId, snapshotId } };
  if (what.copy.kind !== 'volume') throw notFound('copy-not-a-volume', 'A copy of this driver is a volume.');
  return { ...target, of: { volumeId: what.copy.volumeId } };
}
