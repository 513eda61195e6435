import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ReplicationDriver } from '../driver.ts';
import { leftAt } from './drive.ts';
import type { Drive, Treatment } from './drive.ts';
import { caseOf } from './steps.ts';
import type { ConformanceCase, Work } from './steps.ts';

const NONE_TOGETHER = 'this bench has no disks that belong together';

/** Disks that belong together are carried with the bytes of their snapshots, which are of one instant where the source can do that. */
async function carriesTogether(drive: Drive): Promise<string | void> {
  const { bench } = drive;
  const set = await bench.disksTogether?.();
  if (!set) return NONE_TOGETHER;
  const together = set.disks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const expected = await Promise.all(together.map((disk) => bench.digest(disk)));
  const pointId = `pnt-${randomUUID()}`;
  const taken = await Promise.all(together.map((disk) => drive.snapshot(disk, undefined, { pointId, together })));
  const instants = new Set(taken.map((one) => one.taken.instant));
  if (set.oneInstant) {
    assert.ok(!instants.has(undefined), 'the source can take them in one instant, and that was not used');
    assert.equal(instants.size, 1, 'the snapshots are of several instants');
  }
  for (const disk of together) await bench.write(disk);
  // One after the other: what the first is done with the others still need.
  const carried = [];
  for (const one of taken) carried.push(await drive.transfer(one.point, one.taken));
  assert.deepEqual(await leftAt(drive, 'source'), [], 'something was left at the source');
  const copies = together.map((disk) => ({
    runId: 'run-together',
    name: `copy of ${disk.name}`,
    ...(disk.volumeType !== undefined && { volumeType: disk.volumeType }),
  }));
  for (const [n, copy] of copies.entries()) {
    const one = carried[n];
    assert.ok(one);
    const made = await drive.materialise(one, copy);
    assert.equal(await bench.digestOfCopy(made), expected[n], 'a copy differs from the source at its snapshot');
    await drive.release(one.point, copy);
  }
  await discardAll(drive, carried);
}

/** A point given up with some of its disks carried: what all of them share goes with the last. */
async function forgetsTogether(drive: Drive): Promise<string | void> {
  const set = await drive.bench.disksTogether?.();
  if (!set) return NONE_TOGETHER;
  const together = set.disks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const pointId = `pnt-${randomUUID()}`;
  const taken = await Promise.all(together.map((disk) => drive.snapshot(disk, undefined, { pointId, together })));
  const [first, ...others] = taken;
  assert.ok(first);
  const carried = await drive.transfer(first.point, first.taken);
  for (const { point } of others) await drive.discard(point, undefined);
  await discardAll(drive, [carried]);
}

async function discardAll(
  drive: Drive,
  carried: readonly { readonly point: Parameters<Drive['discard']>[0]; readonly transferred: { replica: unknown } }[],
): Promise<void> {
  for (const { point, transferred } of carried) await drive.discard(point, transferred.replica as never);
  for (const side of ['source', 'target'] as const)
    assert.deepEqual(Object.entries(await drive.bench.marked(side)), [], `something was left at the ${side}`);
}

export function togetherCases(driver: ReplicationDriver): readonly ConformanceCase[] {
  const run = (work: Work, treatment?: Treatment) => caseOf(driver, work, treatment);
  return [
    { name: 'carries disks that belong together, in one instant where that can be had', run: run(carriesTogether) },
    {
      name: 'carries disks that belong together with its memo lost at every return',
      run: run(carriesTogether, 'no-memo'),
    },
    { name: 'carries disks that belong together, killed after every change', run: run(carriesTogether, 'killed') },
    { name: 'forgets a point of disks that belong together, half carried', run: run(forgetsTogether, 'killed') },
  ];
}
