import type { Json } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type {
  Copy,
  Disk,
  DriverIo,
  Materialised,
  Needs,
  Outcome,
  PointOfDisk,
  Support,
} from '@lifeboat/replication-driver-api';
import { no, volumeQuotas, yes } from '../openstack/support.ts';
import { createVolume, findVolumes, giveUpBroken, placeOf, removeVolumes } from '../openstack/volumes.ts';

const AGAIN_MS = 1_000;

/** What no blank volume can stand for. */
export function blankSupport(disk: Disk): Support {
  if (disk.kind === 'server-root')
    return no(
      "its copies are blank, and a server's root is what it boots from: the policy can start it from its image",
    );
  if (disk.bootable)
    return no(
      'the volume is bootable, and its copies are blank: a server would boot from nothing; boot it from its image',
    );
  if (disk.encrypted) return no('the volume is encrypted: nothing says that its type is at the target');
  if (disk.multiattach) return no('the volume is multi-attach: nothing says that its type is at the target');
  if (/^(error|deleting)/.test(disk.status)) return no(`the volume is in status "${disk.status}"; mend that first`);
  return yes;
}

/** Nothing stands at either side while points are kept. */
export const blankNeeds = (disk: Disk, verb: 'replicate' | 'materialise'): Needs =>
  verb === 'replicate'
    ? { source: {}, target: {} }
    : { source: {}, target: volumeQuotas(disk, { volumes: 1, snapshots: 0, gigabytes: disk.sizeGiB }) };

/** The `materialise` verb of drivers that carry no bytes: an empty volume of the same size. */
export async function blankCopy(
  { disk }: PointOfDisk,
  copy: Copy,
  memo: Json | undefined,
  { target, mark }: DriverIo,
): Promise<Outcome<Materialised>> {
  const { volumeId } = (memo ?? {}) as { readonly volumeId?: string };
  const [volume, ...twice] = await findVolumes(target, mark('copy'), volumeId);
  if (!volume)
    return inProgress(
      { volumeId: await createVolume(target, { ...placeOf(disk, copy), metadata: mark('copy') }) },
      AGAIN_MS,
    );
  if (volume.status.startsWith('error')) return giveUpBroken(target, volume, `A blank copy of "${disk.name}"`);
  if (volume.status === 'creating' || !(await removeVolumes(target, twice)))
    return inProgress({ volumeId: volume.id }, AGAIN_MS);
  return done({ kind: 'volume', volumeId: volume.id });
}

/** Their `release`. */
export async function releaseBlank({ target, mark }: DriverIo): Promise<Outcome<null>> {
  const gone = await removeVolumes(target, await findVolumes(target, mark('copy')));
  return gone ? done(null) : inProgress(null, AGAIN_MS);
}
