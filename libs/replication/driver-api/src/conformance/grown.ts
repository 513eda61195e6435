import assert from 'node:assert/strict';
import type { ReplicationDriver } from '../driver.ts';
import type { Bench } from './bench.ts';
import type { ConformanceCase } from './cases.ts';
import { Drive } from './drive.ts';

/** A disk that grew between two points: each point has the size and the bytes of its moment. */
async function followsGrowth(drive: Drive): Promise<void> {
  const { bench } = drive;
  if (!bench.grow) return;
  const small = await bench.disk();
  const points = [{ expected: await bench.digest(small), carried: await drive.carry(small) }];
  const large = await bench.grow(small);
  assert.ok(large.sizeGiB > small.sizeGiB, 'the bench did not grow the disk');
  await bench.write(large);
  points.push({ expected: await bench.digest(large), carried: await drive.carry(large, points[0]?.carried) });
  for (const { expected, carried } of points) {
    const { disk } = carried.point;
    const copy = {
      runId: `run-${disk.sizeGiB}`,
      name: `copy of ${disk.name}`,
      ...(disk.volumeType !== undefined && { volumeType: disk.volumeType }),
    };
    const made = await drive.materialise(carried, copy);
    assert.equal(await bench.digestOfCopy(made), expected, 'a copy differs from the source at its snapshot');
    await drive.release(carried.point, copy);
  }
  for (const { carried } of points) await drive.discard(carried.point, carried.transferred.replica);
  for (const side of ['source', 'target'] as const)
    assert.deepEqual(Object.entries(await bench.marked(side)), [], `something was left at the ${side}`);
}

export const growthCases = (driver: ReplicationDriver): readonly ConformanceCase[] => [
  {
    name: 'follows a disk that grew between two points',
    run: (bench: Bench) => followsGrowth(new Drive(driver, bench)),
  },
];
