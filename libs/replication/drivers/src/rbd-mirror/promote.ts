import type { Json, LifeboatError } from '@lifeboat/kernel';
import { notFound } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { Copy, DriverIo, Outcome, PointOfDisk, Promoted } from '@lifeboat/replication-driver-api';
import { findVolumes } from '../openstack/volumes.ts';
import { adoptImage } from './adopt.ts';
import { CephImage } from './ceph-image.ts';
import { demotionCrossed, isMirrored, isPrimary } from './mirror-state.ts';
import { removeAnySnapshot } from './remove-replica.ts';
import { asReplica } from './replica.ts';
import { poolOf } from './settings.ts';
import type { RbdMirrorSettings } from './settings.ts';

const AGAIN_MS = 1_000;
export const PROMOTED = 'promoted';
/** EBUSY, EROFS: the replayer still has the image in its hands. */
const NOT_YET = [16, 30];

/**
 * Makes the image at the target the primary. Where the run serves from a copy that is all; else Cinder adopts the image itself, and its points go.
 */
export async function promoteReplica(
  settings: RbdMirrorSettings | undefined,
  point: PointOfDisk,
  replica: Json,
  copy: Copy,
  { planned }: { readonly planned: boolean },
  io: DriverIo,
): Promise<Outcome<Promoted>> {
  const finished = done<Promoted>({
    forced: !planned,
    ...(!planned && { lost: 'What was written after the newest mirror snapshot that was complete at the target.' }),
  });
  const mark = io.mark(PROMOTED);
  const [adopted] = await findVolumes(io.target, mark);
  if (adopted) return adopted.status === 'managing' ? inProgress(null, AGAIN_MS) : finished;
  const target = new CephImage(poolOf(settings, io.target.site), asReplica(replica).image, io.signal);
  const info = await target.info();
  if (!info)
    throw notFound('replica-gone', `${target.spec()} is not in the Ceph of ${target.site} any more.`, {
      mend: 'Serve from a copy of a point instead.',
    });
  if (isMirrored(info) && !isPrimary(info)) {
    const source = planned ? target.other(target.name, poolOf(settings, io.source.site)) : undefined;
    await takeOver(source, target);
    return inProgress(null, AGAIN_MS);
  }
  if ((await findVolumes(io.target, io.mark('copy'))).length > 0) return finished;
  // Cinder knows nothing of them, and could not delete the volume while they are there.
  if (await removeAnySnapshot(target)) return inProgress(null, 0);
  await adoptImage(target, point.disk, copy, mark, io.target);
  return inProgress(null, AGAIN_MS);
}

/** One step. Without the source by force: then what is not complete is rolled back. */
async function takeOver(source: CephImage | undefined, target: CephImage): Promise<void> {
  if (!source) return tryTo(target, ['promote', '--force']);
  if (isPrimary(await source.info())) return tryTo(source, ['demote']);
  if (demotionCrossed((await source.snapshots()) ?? [], (await target.snapshots()) ?? []))
    await tryTo(target, ['promote']);
}

export const tryTo = async (image: CephImage, verb: readonly string[]): Promise<void> => {
  await image.run(['mirror', 'image', ...verb, image.spec()]).catch((thrown: LifeboatError) => {
    if (!NOT_YET.includes(Number(thrown.data?.['exitCode']))) throw thrown;
  });
};
