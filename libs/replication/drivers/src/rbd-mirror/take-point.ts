import type { Json } from '@lifeboat/kernel';
import { done } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, PointOfDisk, SnapshotTaken } from '@lifeboat/replication-driver-api';
import { idIn } from '../openstack/stored.ts';
import { takeSnapshot } from '../openstack/snapshots.ts';
import { CephImage } from './ceph-image.ts';
import { isMirrored } from './mirror-state.ts';
import { asJson, imageOf, snapshotName } from './replica.ts';
import { poolOf } from './settings.ts';
import type { RbdMirrorSettings } from './settings.ts';

/** A flatten writes every byte that the volume shares with the image it was made from. */
const FLATTEN_HOURS = 24;

/** A Cinder snapshot, which is a snapshot of the image that clones may be made of; a mirror snapshot is none before Squid. */
export async function takePoint(
  settings: RbdMirrorSettings | undefined,
  point: PointOfDisk,
  memo: Json | undefined,
  io: DriverIo,
): Promise<Outcome<SnapshotTaken>> {
  const image = new CephImage(poolOf(settings, io.source.site), await imageOf(point.disk, io.source), io.signal);
  // Before the snapshot: a snapshot of a clone goes on reading from the parent after the clone was flattened.
  if (memo === undefined) await standAlone(image);
  const outcome = await takeSnapshot(point, memo, io);
  if (outcome.status !== 'done') return outcome;
  const snapshot = snapshotName(idIn('rbd-mirror', outcome.result.snapshot, 'snapshotId'));
  return done({ ...outcome.result, snapshot: asJson({ image: image.name, snapshot }) });
}

/** A clone can be mirrored only when its parent is. It is flattened, once: begun again it skips what it has done. */
async function standAlone(image: CephImage): Promise<void> {
  const parent = (await image.info())?.parent;
  if (!parent) return;
  const { at } = image;
  const info = parent.trash ? undefined : await image.other(parent.image, { ...at, pool: parent.pool }).info();
  if (!isMirrored(info)) await image.run(['flatten', '--no-progress', image.spec()], FLATTEN_HOURS);
}
