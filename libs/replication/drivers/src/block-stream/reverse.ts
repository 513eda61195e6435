import type { Json } from '@lifeboat/kernel';
import { done, inProgress, markOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark, Materialised, Outcome, PointOfDisk, Reversed } from '@lifeboat/replication-driver-api';
import { found } from '../openstack/remembered.ts';
import { createVolume, findVolumes, readVolume, removeVolumes } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { volumesOf } from './reach.ts';
import { AGAIN_MS, replicaName, SEED } from './replica.ts';
import type { BlockStreamSettings } from './settings.ts';

type Memo = { readonly volumeId?: string };

/**
 * A clone of what stands at the old primary becomes the seed for what serves now, so that the first point of the way back sends what differs. The original is
 * only read: it is the fail-back's. The seed is the replica of that disk from the beginning, by its mark: it goes with the disk's last point, also when that never was.
 */
export async function reverseBySeed(
  settings: BlockStreamSettings,
  point: PointOfDisk,
  serving: Materialised | undefined,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Reversed>> {
  if (serving?.kind !== 'volume') return whole('it is not known which volume serves now');
  const mark = markOf({ groupId: point.groupId, diskId: serving.volumeId }, 'replica');
  const { volumeId } = (before ?? {}) as Memo;
  const [seed, ...doubles] = await findVolumes(io.source, mark, volumeId);
  if (!seed) return cloneOriginal(settings, point, serving.volumeId, mark, io);
  if (seed.status.startsWith('error')) {
    await io.source.volume.delete(`/volumes/${seed.id}`);
    return whole(`Cinder of ${io.source.site} could not clone its original: see volume ${seed.id} in its logs`);
  }
  const settled = seed.status === 'available' && (await removeVolumes(io.source, doubles));
  return settled ? done({ full: false }) : inProgress({ volumeId: seed.id }, AGAIN_MS);
}

async function cloneOriginal(
  settings: BlockStreamSettings,
  point: PointOfDisk,
  servingId: string,
  mark: Mark,
  { source, target }: DriverIo,
): Promise<Outcome<Reversed>> {
  const original = await found(readVolume(source, point.disk.id));
  if (!original) return whole(`its original does not stand at ${source.site} any more`);
  const serving = await found(readVolume(target, servingId));
  if (!serving) return whole(`what served, volume ${servingId}, does not stand at ${target.site} any more`);
  if (original.size > serving.size)
    return whole(`its original has ${original.size} GiB by now, and what serves ${serving.size}`);
  const type = settings.sites[source.site]?.replicaType;
  if (!isReached(settings, source.site, type, original))
    return whole(`the drivers file does not say how a clone of its original at ${source.site} is reached`);
  const volumeId = await createVolume(source, {
    name: replicaName(point),
    source_volid: original.id,
    metadata: { ...mark, [SEED]: servingId },
    ...(type !== undefined && { volume_type: type }),
  });
  return inProgress({ volumeId }, AGAIN_MS);
}

/** A replica is reached as its type is; without one the clone has its original's. */
function isReached({ sites }: BlockStreamSettings, site: string, type: string | undefined, original: Volume): boolean {
  const reach = volumesOf(sites[site], type);
  return (
    reach !== undefined && (type !== undefined || reach === volumesOf(sites[site], original.volume_type ?? undefined))
  );
}

const whole = (why: string): Outcome<Reversed> => done({ full: true, why });
