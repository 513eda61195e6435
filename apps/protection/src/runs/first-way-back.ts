import type { DiskReplica, ReprotectDisk } from '@lifeboat/contracts';

const GIB = 1024 ** 3;

const INSTEAD = {
  application: 'its application replicates the data by itself, and is turned round by its own means',
  nothing: "the policy's rule has nothing of it carried",
} as const;

/**
 * Pure: what the first point in the new direction sends of a disk. The group serves from copies, of which the other site has seen nothing, so a driver has
 * nothing to build on there: not even with the originals still standing.
 */
export function firstWayBack({
  disk,
  driver,
  carries,
}: Pick<DiskReplica, 'disk' | 'driver' | 'carries'>): ReprotectDisk {
  const head = { kind: disk.kind, name: disk.name, driver };
  if (carries !== undefined) return { ...head, copy: 'nothing', why: INSTEAD[carries], bytes: 0 };
  return {
    ...head,
    copy: 'full',
    why: `${driver} has no point of it at the other site to build on`,
    bytes: disk.sizeGiB * GIB,
  };
}
