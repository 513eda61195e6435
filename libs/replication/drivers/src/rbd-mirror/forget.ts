import type { Json } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { removeSnapshots } from '../openstack/snapshots.ts';
import { CephImage } from './ceph-image.ts';
import { isMirrored, isPrimary, removalOutstanding } from './mirror-state.ts';
import { forgetGroup, isForGroup, isForOthers } from './mirroring.ts';
import { emptyTrash, removeReplica } from './remove-replica.ts';
import { asReplica, imageOf, volumeImage } from './replica.ts';
import { poolOf } from './settings.ts';
import type { RbdMirrorSettings } from './settings.ts';

const AGAIN_MS = 1_000;

/** Removes a point; with the last of a disk mirroring ends, and what stood for the disk goes. */
export async function forgetPoint(
  settings: RbdMirrorSettings | undefined,
  point: PointOfDisk,
  replica: Json | undefined,
  options: { readonly sourceLost: boolean; readonly last: boolean },
  io: DriverIo,
): Promise<Outcome<null>> {
  const step = options.sourceLost ? withoutPrimary : withPrimary;
  return (await step(settings, point, replica, options.last, io)) ? done(null) : inProgress(null, AGAIN_MS);
}

/** Only the primary can remove a snapshot of a mirrored image: without it, one goes when all do, or when the primary is back. */
async function withoutPrimary(
  settings: RbdMirrorSettings | undefined,
  { groupId, disk }: PointOfDisk,
  replica: Json | undefined,
  last: boolean,
  io: DriverIo,
): Promise<boolean> {
  if (!last) return true;
  const name = replica === undefined ? volumeImage(disk.id) : asReplica(replica).image;
  const image = new CephImage(poolOf(settings, io.target.site), name, io.signal);
  if (!(await removeReplica(image, groupId))) return false;
  await emptyTrash(image);
  return true;
}

async function withPrimary(
  settings: RbdMirrorSettings | undefined,
  { groupId, disk }: PointOfDisk,
  replica: Json | undefined,
  last: boolean,
  io: DriverIo,
): Promise<boolean> {
  if (!(await removeSnapshots(io.source, disk.id, io.mark('snapshot')))) return false;
  const name = replica === undefined ? await imageOf(disk, io.source) : asReplica(replica).image;
  const source = new CephImage(poolOf(settings, io.source.site), name, io.signal);
  const target = source.other(name, poolOf(settings, io.target.site));
  return last ? endMirroring(source, target, groupId) : carryRemoval(source, target);
}

/** One step; rbd-mirror removes the target's image when the source's is mirrored no more. */
async function endMirroring(source: CephImage, target: CephImage, groupId: string): Promise<boolean> {
  const info = await source.info();
  if (info && (await isForGroup(source, groupId))) {
    const shared = await isForOthers(source, groupId);
    if (!shared && isPrimary(info)) await source.run(['mirror', 'image', 'disable', source.spec()]);
    await forgetGroup(source, groupId);
    return false;
  }
  if (info && isMirrored(info)) return carryRemoval(source, target);
  const left = await target.info();
  if (!left || !(await isForGroup(target, groupId))) return true;
  // Not the primary: rbd-mirror is about to remove it. Else it was promoted, and is nobody's but ours.
  return isMirrored(left) && !isPrimary(left) ? false : removeReplica(target, groupId);
}

/** A mirror snapshot brings to the target what was removed at the source. What copies read from there Ceph keeps for them, hidden. */
async function carryRemoval(source: CephImage, target: CephImage): Promise<boolean> {
  const [info, here, there] = [await source.info(), await source.snapshots(), await target.snapshots()];
  if (!info || !here || !there || !isPrimary(info)) return true;
  const outstanding = removalOutstanding(here, there);
  if (outstanding === 'not-sent') await source.run(['mirror', 'image', 'snapshot', source.spec()]);
  return outstanding === 'none';
}
