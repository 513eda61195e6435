import assert from 'node:assert/strict';
import type { ReplicationDriver } from '../driver.ts';
import type { Drive } from './drive.ts';
import { caseOf, leavesNothing, materialisesAndReleases } from './steps.ts';
import type { ConformanceCase } from './steps.ts';

/** A disk that grew between two points: each point has the size and the bytes of its moment. */
async function followsGrowth(drive: Drive): Promise<string | void> {
  const { bench } = drive;
  if (!bench.grow) return 'this bench cannot grow a disk';
  const small = await bench.disk();
  const points = [{ expected: await bench.digest(small), carried: await drive.carry(small) }];
  const large = await bench.grow(small);
  assert.ok(large.sizeGiB > small.sizeGiB, 'the bench did not grow the disk');
  await bench.write(large);
  points.push({ expected: await bench.digest(large), carried: await drive.carry(large, points[0]?.carried) });
  for (const { expected, carried } of points) await materialisesAndReleases(drive, carried, expected);
  for (const { carried } of points) await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

export const growthCases = (driver: ReplicationDriver): readonly ConformanceCase[] => [
  {
    name: 'follows a disk that grew between two points',
    run: caseOf(driver, followsGrowth),
  },
];
