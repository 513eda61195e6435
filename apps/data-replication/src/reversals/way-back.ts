import type { ReprotectDisk } from '@lifeboat/contracts';
import type { ReplicationDriver } from '@lifeboat/replication-driver-api';
import type { DiskCopyRow } from '../copies/copies.ts';

const GIB = 1024 ** 3;

/** GiB of the volumes at both sites, by id. `problem`: nobody could look. */
export interface Standing {
  readonly source: ReadonlyMap<string, number>;
  readonly target: ReadonlyMap<string, number>;
  readonly problem?: string;
}

export const nothingStands = (problem?: string): Standing => ({
  source: new Map(),
  target: new Map(),
  ...(problem !== undefined && { problem }),
});

/** It can begin with what stands at the site that was left, where a run serves from a copy. */
export const usesOriginals = (driver: ReplicationDriver | undefined): boolean =>
  driver?.reverse !== undefined && driver.can.reverses === 'copies';

/** Pure: what the first point in the new direction sends of a disk, as far as it is known before its driver is asked. */
export function wayBackOf(row: DiskCopyRow, driver: ReplicationDriver | undefined, standing: Standing): ReprotectDisk {
  const { disk, made } = row;
  const servingId = made?.kind === 'volume' ? made.volumeId : '';
  const bytes = (standing.target.get(servingId) ?? disk.sizeGiB) * GIB;
  const head = { kind: disk.kind, name: disk.name, driver: row.driver };
  if (driver && driver.can.carries !== 'bytes') return { ...head, copy: 'nothing', why: insteadOf(driver), bytes: 0 };
  const whole = whyWhole(row, driver, standing, servingId);
  if (whole !== undefined) return { ...head, copy: 'full', why: whole, bytes };
  const why = usesOriginals(driver) ? 'its original stands there still' : `${row.driver} turns round what it promoted`;
  return { ...head, copy: 'deltas', why, bytes };
}

function insteadOf({ name, can, reverse }: ReplicationDriver): string {
  if (can.carries === 'nothing') return "the policy's rule has nothing of it carried";
  return reverse
    ? `its application replicates the data by itself, and is turned round by ${name}`
    : 'its application replicates the data by itself, and is turned round by its own means';
}

function whyWhole(
  { driver: name, disk }: DiskCopyRow,
  driver: ReplicationDriver | undefined,
  { source, target, problem }: Standing,
  servingId: string,
): string | undefined {
  if (!driver) return `there is no driver ${name} any more`;
  if (!driver.can.incremental) return `${name} sends a whole disk every time`;
  // It was promoted: its driver knows.
  if (driver.reverse && driver.can.rollback === 'none') return undefined;
  if (!usesOriginals(driver)) return `${name} has no point of it at the other site to build on`;
  if (problem !== undefined) return problem;
  const [original, serving] = [source.get(disk.id), target.get(servingId)];
  if (original === undefined) return 'its original does not stand there any more';
  if (serving === undefined) return 'what the run had made of it does not stand any more';
  return original > serving ? `its original has ${original} GiB by now, and what serves ${serving}` : undefined;
}
