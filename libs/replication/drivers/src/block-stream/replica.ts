import type { Json } from '@lifeboat/kernel';
import { external } from '@lifeboat/kernel';
import { inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark, Outcome, PointOfDisk, Whereabouts } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { findSnapshots } from '../openstack/snapshots.ts';
import { createVolume, findVolumes, giveUpBroken, removeVolumes } from '../openstack/volumes.ts';
import { storedAs } from '../openstack/stored.ts';
import type { Volume } from '../openstack/volumes.ts';
import { isHeld, isOurs, letGo, letGoOfOurs } from './attach.ts';
import { removeOrRetire, RETIRED } from './point-snapshot.ts';

export const AGAIN_MS = 1_000;
/** With the id of the disk that it is to stand for. */
export const SEED = 'lifeboat_seed';

/** What a point is at the target, and what the next one builds on. Small plain JSON. */
export interface Replica {
  readonly volumeId: string;
  readonly snapshotId: string;
  /** Of the point, at the source. */
  readonly sourceSnapshotId: string;
  readonly root: string;
  /** How the root is made. */
  readonly algorithm: string;
  /** Of its hashes, base64: whoever knows it could make blocks that look unchanged. */
  readonly key: string;
}

const Stored: z.ZodType<Replica> = z.object({
  volumeId: z.string().min(1),
  snapshotId: z.string().min(1),
  sourceSnapshotId: z.string().min(1),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  algorithm: z.string().min(1),
  key: z.base64(),
});

export const asReplica = storedAs('block-stream', Stored);
/** What a point builds on. What cannot be read is not built on: all is compared. */
export const baseOf = ({ base }: Pick<PointOfDisk, 'base'>): Replica | undefined => Stored.safeParse(base).data;
export const asJson = (replica: Replica): Json => ({ ...replica });

export const whereaboutsOf = ({ volumeId, snapshotId }: Replica): Whereabouts => ({
  parts: [
    { kind: 'volume', id: volumeId },
    { kind: 'snapshot', id: snapshotId },
  ],
  next: 'difference',
  why: 'what the workers remember of both sides is compared; where they have lost it both are read whole first',
});

export interface WantedReplica {
  readonly sizeGiB: number;
  readonly type: string | undefined;
  /** As the memo has it. */
  readonly volumeId: string | undefined;
  /** It is attached to be written, and may be so already. */
  readonly attached: boolean;
}

/**
 * One step towards the volume that stands for the disk: itself when it is there and large enough. Found by mark before it is made; of several it is the one
 * that the base is a snapshot of, else the one that the memo names.
 */
export async function replicaVolume(
  point: PointOfDisk,
  { sizeGiB, type, volumeId, attached }: WantedReplica,
  io: DriverIo,
): Promise<Volume | Outcome<never>> {
  const mark = io.markOfDisk('replica');
  const found = await findVolumes(io.target, mark, volumeId);
  const base = baseOf(point)?.volumeId;
  const volume = found.find(({ id }) => id === base) ?? found.find(({ id }) => id === volumeId) ?? found[0];
  if (!volume) {
    const seeded = await adoptSeed(point, mark, io);
    if (seeded !== undefined) return inProgress({ volumeId: seeded }, AGAIN_MS, 0.01);
    const body = {
      name: replicaName(point),
      size: sizeGiB,
      metadata: mark,
      ...(type !== undefined && { volume_type: type }),
    };
    return inProgress({ volumeId: await createVolume(io.target, body) }, AGAIN_MS, 0.01);
  }
  const again = (progress: number) => inProgress({ volumeId: volume.id }, AGAIN_MS, progress);
  const held = isHeld(volume) && isOurs(volume);
  // The settings say by now that such volumes are reached otherwise.
  if (held && !attached && !(await letGo(volume, io.target))) return again(0.02);
  if (volume.status.startsWith('error') && !held)
    return giveUpBroken(io.target, volume, `The replica of "${point.disk.name}" cannot be made or extended`);
  if (volume.status === 'in-use' && !held) throw inUse(volume, io.target.site);
  if (volume.status !== 'available' && !held) return again(0.02);
  const doubles = found.filter(({ id }) => id !== volume.id);
  if (!(await removeDoubles(doubles, io))) return again(0.03);
  if (volume.metadata[RETIRED] !== undefined)
    await io.target.volume.delete(`/volumes/${volume.id}/metadata/${RETIRED}`);
  if (volume.size >= sizeGiB) return volume;
  if (!(await letGo(volume, io.target))) return again(0.04);
  await io.target.volume.post(`/volumes/${volume.id}/action`, { 'os-extend': { new_size: sizeGiB } });
  return again(0.04);
}

export const replicaName = ({ disk }: PointOfDisk): string =>
  `lifeboat replica of ${disk.name || disk.id}`.slice(0, 255);

/**
 * A volume that a user made of an older state of the disk, a backup say, and named so: it becomes the replica, and only what differs from it is sent. Answers its id.
 */
async function adoptSeed({ disk }: PointOfDisk, mark: Mark, { target }: DriverIo): Promise<string | undefined> {
  const [seed] = (await findVolumes(target, { [SEED]: disk.id })).filter(({ status }) => status === 'available');
  if (!seed) return undefined;
  await target.volume.post(`/volumes/${seed.id}/metadata`, { metadata: mark });
  return seed.id;
}

/** Nothing that is known of other volumes holds for its bytes: all are compared, once. */
export const isSeed = ({ metadata }: Volume): boolean => metadata[SEED] !== undefined;

/** What was made twice goes, and with it what this point made of it. One with snapshots of other points is theirs, and stays. */
async function removeDoubles(doubles: readonly Volume[], io: DriverIo): Promise<boolean> {
  for (const double of doubles) {
    if (!(await removeOrRetire(io.target, await findSnapshots(io.target, double.id, io.mark('point'))))) return false;
    const others = await findSnapshots(io.target, double.id, {});
    if (others.length > 0) continue;
    if (!(await letGoOfOurs(double, io.target)) || !(await removeVolumes(io.target, [double]))) return false;
  }
  return true;
}

const inUse = ({ id }: Volume, site: string) =>
  external(
    'replica-in-use',
    `Volume ${id} of ${site} stands for a disk and is attached to a server: it must not be written.`,
    {
      retry: 'yes',
      data: { site, volume: id },
      mend: 'Detach it. What its server wrote is mended by a thorough transfer.',
    },
  );
