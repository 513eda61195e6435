import assert from 'node:assert/strict';
import type { ReplicationDriver } from '../driver.ts';
import type { Drive } from './drive.ts';
import { caseOf, copyFor, leavesNothing, materialisesAndReleases } from './steps.ts';
import type { ConformanceCase } from './steps.ts';

/** For what goes round the bytes: digests, frames. */
export const SLACK_BYTES = 64 * 1024;

/** The next point costs what was changed, and nothing where nothing was; a drill's copy in between makes no difference. */
async function copiesOnlyDifferences(drive: Drive): Promise<void> {
  const { bench, driver } = drive;
  const disk = await bench.disk();
  const first = await drive.carry(disk);
  const copy = copyFor(disk);
  const made = await drive.materialise(first, copy);
  await bench.writeCopy?.(made);
  await bench.write(disk);
  const second = await drive.carry(disk, first);
  await drive.release(first.point, copy);
  const expected = await bench.digest(disk);
  const third = await drive.carry(disk, second);
  const most = { second: (bench.writtenBytes ?? Infinity) * 1.1 + SLACK_BYTES, third: SLACK_BYTES };
  assert.ok(second.transferred.bytes <= most.second, `${driver.name} moved ${second.transferred.bytes} bytes`);
  assert.ok(third.transferred.bytes <= most.third, `${driver.name} moved ${third.transferred.bytes} bytes for nothing`);
  await materialisesAndReleases(drive, third, expected);
  for (const { point, transferred } of [first, second, third]) await drive.discard(point, transferred.replica);
  await leavesNothing(drive);
}

/** A point is read again wherever it stands; what a run wrote to its copy is seen. */
async function verifiesPoints(drive: Drive): Promise<void> {
  const { bench } = drive;
  const disk = await bench.disk();
  const carried = await drive.carry(disk);
  const copy = copyFor(disk);
  const made = await drive.materialise(carried, copy);
  for (const what of [{ side: 'source' }, { side: 'target' }, { copy: made }] as const) {
    const { equal, root } = await drive.verify(carried, what);
    assert.ok(equal, `what stands at ${JSON.stringify(what)} is not the point`);
    assert.equal(root, carried.transferred.root);
  }
  if (bench.writeCopy) {
    await bench.writeCopy(made);
    assert.ok(!(await drive.verify(carried, { copy: made })).equal, 'a copy that was written to passes for the point');
  }
  await drive.release(carried.point, copy);
  await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

/** Cases for drivers that copy by difference, and for those that can read a point again. */
export const differenceCases = (driver: ReplicationDriver): readonly ConformanceCase[] => [
  ...(driver.can.incremental
    ? [
        {
          name: 'copies only differences, also after a copy was made and released',
          run: caseOf(driver, copiesOnlyDifferences),
        },
      ]
    : []),
  ...(driver.verify
    ? [
        {
          name: 'verifies a point at the source, at the target and in a copy',
          run: caseOf(driver, verifiesPoints),
        },
      ]
    : []),
];
