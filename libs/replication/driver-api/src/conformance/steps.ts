import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Copy, Disk, ReplicationDriver } from '../driver.ts';
import type { Bench } from './bench.ts';
import { Drive } from './drive.ts';
import type { Carried, Treatment } from './drive.ts';

export interface ConformanceCase {
  readonly name: string;
  /** Rejects when the driver fails it. Resolves with why it proved nothing for this driver on this bench, else with nothing. */
  run(bench: Bench): Promise<string | undefined>;
}

/** What a case does with a driver; answers why it proves nothing on this bench, when it does. */
export type Work = (drive: Drive) => Promise<string | void>;

/** A case of one driver, as it is run on a bench. */
export const caseOf =
  (driver: ReplicationDriver, run: Work, treatment?: Treatment): ConformanceCase['run'] =>
  async (bench) => {
    const drive = new Drive(driver, bench, treatment);
    return (await run(drive)) ?? drive.unproven;
  };

export const copyFor = (disk: Disk): Copy => ({
  runId: `run-${randomUUID()}`,
  name: `copy of ${disk.name}`,
  ...(disk.volumeType !== undefined && { volumeType: disk.volumeType }),
});

/** Of what a copy of this moment is to hold: the disk's bytes, or none. */
export async function expectedNow({ bench, driver }: Drive, disk: Disk): Promise<string> {
  if (driver.can.carries === 'bytes') return bench.digest(disk);
  assert.ok(bench.digestOfBlank, 'this bench knows no blank disks, and the driver carries no bytes');
  return bench.digestOfBlank(disk);
}

export async function materialisesAndReleases(drive: Drive, carried: Carried, expected: string): Promise<void> {
  const copy = copyFor(carried.point.disk);
  const made = await drive.materialise(carried, copy);
  assert.equal(await drive.bench.digestOfCopy(made), expected, 'the copy differs from the source at its snapshot');
  assert.equal(
    Object.values(await drive.bench.marked('target')).filter((purpose) => purpose === 'copy').length,
    made.kind === 'volume' ? 1 : 0,
    'a copy was made twice',
  );
  await drive.release(carried.point, copy);
  assert.equal(drive.forbiddenCalls, 0, 'the lost primary was called');
}

export async function leavesNothing(drive: Drive): Promise<void> {
  for (const side of ['source', 'target'] as const)
    assert.deepEqual(Object.entries(await drive.bench.marked(side)), [], `something was left at the ${side}`);
}
