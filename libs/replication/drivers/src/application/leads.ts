import type { Disk, PointOfDisk } from '@lifeboat/replication-driver-api';

/** One hook or database may stand for several disks of a point: what changes something is asked for by the first of them alone. */
export function leads({ disk, together = [disk] }: PointOfDisk, nameOf: (disk: Disk) => string | undefined): boolean {
  return together.find((one) => nameOf(one) === nameOf(disk))?.id === disk.id;
}
