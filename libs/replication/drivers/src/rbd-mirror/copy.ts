import type { Json, LifeboatError } from '@lifeboat/kernel';
import { deterministicId, external } from '@lifeboat/kernel';
import { done, inProgress, tagsOf } from '@lifeboat/replication-driver-api';
import type { Copy, DriverIo, Mark, Materialised, Outcome, PointOfDisk } from '@lifeboat/replication-driver-api';
import { findVolumes, removeVolumes, setBootable } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { adoptImage, isBroken } from './adopt.ts';
import { CephImage, there, unlessBusy } from './ceph-image.ts';
import { emptyTrash } from './remove-replica.ts';
import { asReplica, volumeImage } from './replica.ts';
import type { RbdReplica } from './replica.ts';
import { poolOf } from './settings.ts';
import type { RbdMirrorSettings } from './settings.ts';

const AGAIN_MS = 1_000;
const SOON_MS = 200;

/** So often Cinder is asked to adopt a clone. */
const TRIES = 3;

type Memo = { readonly volumeId?: string; readonly failures?: number };

/** Until Cinder has renamed it. By the mark, so that it is found again. */
const cloneName = (mark: Mark): string => `lifeboat-${deterministicId(...tagsOf(mark))}`;

/** A clone of the point's snapshot, adopted by Cinder. Mirroring of the replica goes on, whatever becomes of the clone. */
export async function copyPoint(
  settings: RbdMirrorSettings | undefined,
  point: PointOfDisk,
  replica: Json,
  copy: Copy,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Materialised>> {
  const mark = io.mark('copy');
  const { volumeId, failures = 0 } = (before ?? {}) as Memo;
  const found = await findVolumes(io.target, mark, volumeId);
  const [volume, ...doubles] = found.filter((one) => !isBroken(one));
  const origin = new CephImage(poolOf(settings, io.target.site), asReplica(replica).image, io.signal);
  const clone = origin.other(cloneName(mark));
  if (!volume) {
    if (found.length > 0) return notAdopted(found, clone, failures + 1, io);
    await ensureClone(origin, asReplica(replica), clone);
    const adopted = await adoptImage(clone, point.disk, copy, mark, io.target);
    return inProgress({ volumeId: adopted, failures }, AGAIN_MS, 0.5);
  }
  if (volume.status === 'managing') return inProgress({ volumeId: volume.id, failures }, SOON_MS, 0.7);
  return settled(volume, [...doubles, ...found.filter(isBroken)], clone, point, io);
}

/** Two workers may have been at it: what the other made goes. */
async function settled(
  volume: Volume,
  superfluous: readonly Volume[],
  clone: CephImage,
  { disk }: PointOfDisk,
  io: DriverIo,
): Promise<Outcome<Materialised>> {
  const alone = (await removeVolumes(io.target, superfluous)) && (await removeClone(clone));
  if (!alone) return inProgress({ volumeId: volume.id }, AGAIN_MS, 0.9);
  await setBootable(io.target, volume, disk);
  return done({ kind: 'volume', volumeId: volume.id });
}

/** The record goes, the clone stays for the next try. */
async function notAdopted(
  broken: readonly Volume[],
  clone: CephImage,
  failures: number,
  io: DriverIo,
): Promise<Outcome<never>> {
  await removeVolumes(io.target, broken);
  if (failures < TRIES) return inProgress({ failures }, AGAIN_MS, 0.3);
  throw external('clone-not-adopted', `Cinder of ${clone.site} cannot adopt image ${clone.spec()} as a volume.`, {
    data: { site: clone.site, image: clone.spec(), host: clone.at.cinderHost },
    mend: `Look for the image's name in the log of cinder-volume of ${clone.site}; the volume type must be one of ${clone.at.cinderHost}.`,
  });
}

/** A clone that was cut off while it was made may not be known to its parent, which could then lose what the clone reads. */
async function ensureClone(origin: CephImage, { snapshot }: RbdReplica, clone: CephImage): Promise<void> {
  const from = origin.spec(snapshot);
  if (await clone.info()) {
    const children = (await origin.json(['children', from])) as readonly { readonly image: string }[];
    if (children.some(({ image }) => image === clone.name)) return;
    await clone.run(['rm', '--no-progress', clone.spec()]);
  }
  await clone.run(['clone', '--rbd-default-clone-format', '2', from, clone.spec()]).catch((thrown: LifeboatError) => {
    if (thrown.code !== 'ceph-exists') throw thrown;
  });
}

const removeClone = async (clone: CephImage): Promise<boolean> =>
  (await clone.info()) === undefined || unlessBusy(there(clone.run(['rm', '--no-progress', clone.spec()])));

/** Removes the copy of a run, adopted or not yet. */
export async function releaseCopy(
  settings: RbdMirrorSettings | undefined,
  { disk }: PointOfDisk,
  io: DriverIo,
): Promise<Outcome<null>> {
  const mark = io.mark('copy');
  if (!(await removeVolumes(io.target, await findVolumes(io.target, mark)))) return inProgress(null, AGAIN_MS);
  const clone = new CephImage(poolOf(settings, io.target.site), cloneName(mark), io.signal);
  if (!(await removeClone(clone))) return inProgress(null, AGAIN_MS);
  await emptyTrash(clone.other(volumeImage(disk.id)));
  return done(null);
}
