import type { AdoptableDisk, DiskReplica } from '@lifeboat/contracts';
import type { Disk as DriverDisk, DriverRegistry, Whereabouts } from '@lifeboat/replication-driver-api';
import { isBroken } from '../replicas/damage.ts';
import type { Standing } from '../replicas/standing.ts';

/** What its driver says of a replica; of one that does not say, why that is no use. Throws `invalid-input` `driver-unknown`. Pure. */
export function whereaboutsOf({ disk, driver, replica }: DiskReplica, drivers: DriverRegistry): Whereabouts {
  const { whereabouts } = drivers.get(driver);
  return (
    whereabouts?.(disk as DriverDisk, replica) ?? {
      notAdoptable: `driver ${driver} does not say by what its replicas are known`,
    }
  );
}

export interface Judged {
  readonly replica: DiskReplica;
  /** Of which it consists, as lists name them. */
  readonly parts: readonly string[];
  readonly missing: readonly string[];
}

/** Pure: what of a disk's replica stands, given all that is listed there. */
export function judged(replica: DiskReplica, says: Whereabouts, listed: readonly Standing[]): Judged {
  if ('notAdoptable' in says) return { replica, parts: [], missing: [says.notAdoptable] };
  const there = new Map(listed.map((one) => [one.name, one]));
  const parts = says.parts.map(({ kind, id }) => `${kind} ${id}`);
  const missing = parts.flatMap((name) => {
    const one = there.get(name);
    if (!one) return [`${name} is gone`];
    return isBroken(one) ? [`${name} is in state ${one.status}`] : [];
  });
  return { replica, parts, missing };
}

/** For people. Pure. */
export const adoptable = ({ disk, driver }: DiskReplica, says: Whereabouts): AdoptableDisk => ({
  name: disk.name || disk.id,
  driver,
  ...('notAdoptable' in says ? { why: says.notAdoptable } : { next: says.next, why: says.why }),
});

/**
 * What bears a mark of the group, or of one of its disks, and is part of no replica; without what was retired, which goes with the last that needs it. `known`: parts of
 * replicas. Pure.
 */
export function leftOver(
  groupId: string,
  diskIds: ReadonlySet<string>,
  known: ReadonlySet<string>,
  listed: readonly Standing[],
): readonly string[] {
  return listed.flatMap(({ name, marks }) => {
    const { lifeboat_group: group, lifeboat_disk: disk = '', lifeboat_retired: retired } = marks;
    const ours = group === groupId || diskIds.has(disk);
    if (!ours || known.has(name) || retired !== undefined) return [];
    return [`${name} (${whatItIs(marks)})`];
  });
}

function whatItIs({
  lifeboat_purpose: purpose = 'marked',
  lifeboat_run: run,
  lifeboat_point: point,
}: Standing['marks']) {
  if (run !== undefined) return `${purpose} of run ${run}`;
  return point === undefined ? purpose : `${purpose} of point ${point}`;
}
