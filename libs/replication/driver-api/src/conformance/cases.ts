import assert from 'node:assert/strict';
import type { Disk, Materialised, ReplicationDriver } from '../driver.ts';
import type { Side } from './bench.ts';
import { differenceCases } from './differences.ts';
import { leftAt } from './drive.ts';
import type { Carried, Drive, Treatment } from './drive.ts';
import { growthCases } from './grown.ts';
import { promotesOnce, saysItsLag } from './running-cases.ts';
import { caseOf, copyFor, expectedNow, leavesNothing, materialisesAndReleases } from './steps.ts';
import type { ConformanceCase, Work } from './steps.ts';
import { togetherCases } from './together.ts';
import { wayBackCases } from './way-back.ts';

/** The copy's bytes are those of the snapshot's moment although the source went on; without bytes to carry it is blank. */
async function carriesTheMoment(drive: Drive): Promise<void> {
  const { bench } = drive;
  const disk = await bench.disk();
  const expected = await expectedNow(drive, disk);
  const { point, taken } = await drive.snapshot(disk);
  const before = await bench.digest(disk);
  await bench.write(disk);
  assert.notEqual(await bench.digest(disk), before, 'the bench did not change the disk');
  const carried = await drive.transfer(point, taken);
  assert.ok(
    Date.parse(taken.requestedAt) <= Date.parse(taken.completedAt),
    'a snapshot is complete after it was requested',
  );
  assert.deepEqual(await leftAt(drive, 'source'), [], 'something was left at the source');
  await saysWhereItIs(drive, carried);
  await materialisesAndReleases(drive, carried, expected);
  await drive.discard(point, carried.transferred.replica);
  await leavesNothing(drive);
}

/** Whoever takes a replica over finds all that it is said to consist of. More may stand: what was made twice as a list was late goes with the replica. */
async function saysWhereItIs({ driver, bench }: Drive, { point, transferred }: Carried): Promise<void> {
  const said = driver.whereabouts?.(point.disk, transferred.replica);
  if (!said || 'notAdoptable' in said) return;
  const stands = await bench.marked('target');
  const parts = said.parts.map(({ kind, id }) => `${kind} ${id}`);
  assert.ok(parts.length > 0 || Object.keys(stands).length === 0, 'it is said to consist of nothing');
  assert.deepEqual(
    parts.filter((part) => !(part in stands)),
    [],
    'not all of its parts stand there',
  );
}

/** A verb that was done is called again, by an engine that did not hear: the same answer, nothing new. */
async function answersAgain(drive: Drive): Promise<void> {
  const { bench, driver } = drive;
  const carried = await drive.carry(await bench.disk());
  const again = await drive.transfer(carried.point, carried.taken);
  assert.deepEqual(again.transferred.replica, carried.transferred.replica);
  const copy = copyFor(carried.point.disk);
  const made = await drive.materialise(carried, copy);
  const before = await bench.usage('target');
  assert.deepEqual(await drive.materialise(carried, copy), made);
  assert.deepEqual(await bench.usage('target'), before, `${driver.name} made something again`);
  for (let twice = 0; twice < 2; twice++) await drive.release(carried.point, copy);
  for (let twice = 0; twice < 2; twice++) await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

/** The work is taken away while bytes move, then given back. */
async function stopsWhenTakenAway(drive: Drive): Promise<void> {
  const { bench } = drive;
  const disk = await bench.disk();
  const expected = await expectedNow(drive, disk);
  drive.impatient = true;
  drive.copyImage = (io, from, to) =>
    bench.copyImage(
      { ...io, moved: (bytes) => (drive.strikes++ === 0 ? drive.takeAway() : io.moved(bytes)) },
      from,
      to,
    );
  const carried = await drive.carry(disk);
  await materialisesAndReleases(drive, carried, expected);
  await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

/** Two runs serve from copies of one point: neither sees the other, and taking one away leaves the other. */
async function makesIndependentCopies(drive: Drive): Promise<void> {
  const { bench } = drive;
  const disk = await bench.disk();
  const expected = await expectedNow(drive, disk);
  const carried = await drive.carry(disk);
  const copies = [copyFor(disk), copyFor(disk)] as const;
  const made: readonly Materialised[] = await Promise.all(copies.map((copy) => drive.materialise(carried, copy)));
  const [first, second] = made;
  assert.ok(first && second);
  if (first.kind === 'volume') assert.notDeepEqual(first, second, 'two runs were given one copy');
  await bench.writeCopy?.(first);
  assert.equal(await bench.digestOfCopy(second), expected, 'a write to one copy is seen in the other');
  await drive.release(carried.point, copies[0]);
  assert.equal(await bench.digestOfCopy(second), expected, 'the release of one copy took the other');
  await drive.release(carried.point, copies[1]);
  await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

/** A point may go while a copy of it serves; what the copy shares with it goes with the copy. */
async function outlivedByItsCopy(drive: Drive): Promise<void> {
  const { bench } = drive;
  const disk = await bench.disk();
  const expected = await expectedNow(drive, disk);
  const carried = await drive.carry(disk);
  const copy = copyFor(disk);
  const made = await drive.materialise(carried, copy);
  if (made.kind === 'image') return void (await drive.discard(carried.point, carried.transferred.replica));
  await drive.discard(carried.point, carried.transferred.replica);
  assert.equal(await bench.digestOfCopy(made), expected, 'the copy suffered when its point was removed');
  await drive.release(carried.point, copy);
  await leavesNothing(drive);
}

/** Points that build on each other, removed from the middle, the front and the end. */
async function keepsOtherPoints(drive: Drive, sourceLost: boolean): Promise<void> {
  const { bench } = drive;
  const disk = await bench.disk();
  const points: { carried: Carried; digest: string }[] = [];
  for (let n = 0; n < 3; n++) {
    if (n > 0) await bench.write(disk);
    points.push({ digest: await expectedNow(drive, disk), carried: await drive.carry(disk, points.at(-1)?.carried) });
  }
  for (const n of [1, 0, 2]) {
    const going = points[n];
    assert.ok(going);
    await drive.discard(going.carried.point, going.carried.transferred.replica, sourceLost);
    points.splice(n, 1, { ...going, digest: '' });
    for (const { carried, digest } of points.filter((one) => one.digest !== ''))
      await materialisesAndReleases(drive, carried, digest);
  }
  assert.deepEqual(await leftAt(drive, 'target'), [], 'something was left at the target');
  // The primary is back: what it still has of the points goes too.
  if (sourceLost)
    for (const { carried } of points.toReversed()) await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

/** Points that never completed: given up after the snapshot, and in the middle of the transfer. */
async function forgetsUnfinishedPoints(drive: Drive): Promise<void> {
  const disk = await drive.bench.disk();
  const { point } = await drive.snapshot(disk);
  await drive.discard(point, undefined);
  await leavesNothing(drive);
  for (let returns = 1; returns <= 3; returns++) {
    const half = await drive.snapshot(disk);
    await begin(drive, half, returns);
    await drive.discard(half.point, undefined);
    await leavesNothing(drive);
  }
}

async function begin(
  drive: Drive,
  { point, taken }: Awaited<ReturnType<Drive['snapshot']>>,
  returns: number,
): Promise<void> {
  let memo: Parameters<ReplicationDriver['transfer']>[2];
  for (let n = 0; n < returns; n++) {
    const outcome = await drive.once(
      { point, sourceLost: false },
      (before, io) => drive.driver.transfer(point, taken, before, io),
      memo,
    );
    if (outcome.status === 'in-progress') memo = outcome.memo;
  }
}

/** Never uses more than `needs` says, at any return of any verb. */
async function needsNoMore(drive: Drive): Promise<void> {
  const { bench, driver } = drive;
  const disk = await bench.disk();
  const before = { source: await bench.usage('source'), target: await bench.usage('target') };
  const check = (allowed: Readonly<Record<Side, Readonly<Record<string, number>>>>) => async (): Promise<void> => {
    for (const side of ['source', 'target'] as const)
      for (const [quota, used] of Object.entries(await bench.usage(side))) {
        const more = used - (before[side][quota] ?? 0);
        assert.ok(
          more <= (allowed[side][quota] ?? 0),
          `${driver.name} uses ${more} of ${quota} at the ${side} and declared ${allowed[side][quota] ?? 0}`,
        );
      }
  };
  const replicate = await driver.needs(disk, 'replicate', true);
  drive.onReturn = check(replicate);
  const carried = await drive.carry(disk);
  const { target } = await driver.needs(disk, 'materialise', false);
  const sum = Object.fromEntries(
    [...new Set([...Object.keys(target), ...Object.keys(replicate.target)])].map((quota) => [
      quota,
      (target[quota] ?? 0) + (replicate.target[quota] ?? 0),
    ]),
  );
  drive.onReturn = check({ source: replicate.source, target: sum });
  const copy = copyFor(disk);
  await drive.materialise(carried, copy);
  drive.onReturn = async () => undefined;
  await drive.release(carried.point, copy);
  await drive.discard(carried.point, carried.transferred.replica);
  assert.deepEqual(
    { source: await bench.usage('source'), target: await bench.usage('target') },
    before,
    'something is used that was not before',
  );
}

/** With the primary lost for good a point still serves, and goes from the target. */
async function outlivesThePrimary(drive: Drive): Promise<void> {
  const disk = await drive.bench.disk();
  const expected = await expectedNow(drive, disk);
  const carried = await drive.carry(disk);
  await materialisesAndReleases(drive, carried, expected);
  await drive.discard(carried.point, carried.transferred.replica, true);
  assert.deepEqual(await leftAt(drive, 'target'), []);
  assert.equal(drive.forbiddenCalls, 0, 'the lost primary was called');
  await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

async function refusesWithReasons({ driver, bench }: Drive): Promise<void> {
  const disk = await bench.disk();
  assert.deepEqual(await driver.supports(disk, bench.facts), { ok: true });
  const bad: readonly Disk[] = [
    { ...disk, encrypted: true },
    { ...disk, status: 'error' },
  ];
  for (const one of bad) {
    const answer = await driver.supports(one, bench.facts);
    assert.ok(!answer.ok && answer.reason.length > 10, `${driver.name} would carry ${JSON.stringify(one)}`);
  }
}

/** Of what only drivers that carry bytes can show. */
const bytesCases = (driver: ReplicationDriver): readonly ConformanceCase[] => [
  ...togetherCases(driver),
  ...growthCases(driver),
  ...differenceCases(driver),
  ...wayBackCases(driver),
];

/** What every replication driver must stand; each case runs alone, on a bench without marks of earlier ones. */
export function driverConformance(driver: ReplicationDriver): readonly ConformanceCase[] {
  const drive = (run: Work, treatment?: Treatment) => caseOf(driver, run, treatment);
  return [
    { name: 'carries the bytes of the moment of the snapshot and leaves nothing behind', run: drive(carriesTheMoment) },
    { name: 'goes on when its memo is lost at every return', run: drive(carriesTheMoment, 'no-memo') },
    {
      name: 'goes on when it is given the memo before the last at every other call',
      run: drive(carriesTheMoment, 'old-memo'),
    },
    { name: 'ends the same when it is killed after everything it changes', run: drive(carriesTheMoment, 'killed') },
    { name: 'answers the same again and makes nothing again', run: drive(answersAgain) },
    { name: 'obeys when the work is taken away while bytes move', run: drive(stopsWhenTakenAway) },
    { name: 'makes copies of one point that know nothing of each other', run: drive(makesIndependentCopies) },
    { name: 'removes a point without harm to its copies', run: drive(outlivedByItsCopy) },
    {
      name: 'removes a point without harm to the others of the disk',
      run: drive((one) => keepsOtherPoints(one, false)),
    },
    {
      name: 'removes a point without harm to the others with the primary lost',
      run: drive((one) => keepsOtherPoints(one, true)),
    },
    { name: 'removes what is left of a point that never completed', run: drive(forgetsUnfinishedPoints) },
    { name: 'uses no more of any quota than it declares', run: drive(needsNoMore) },
    { name: 'serves and removes a point with the primary lost', run: drive(outlivesThePrimary) },
    ...(driver.can.carries === 'bytes' ? bytesCases(driver) : []),
    { name: 'refuses what it cannot carry, with a reason', run: drive(refusesWithReasons) },
    ...(driver.lag ? [{ name: 'says how far behind the target is', run: drive(saysItsLag) }] : []),
    // The last: what it makes of the mechanism is not undone.
    ...(driver.promote && driver.can.rollback === 'none'
      ? [{ name: 'makes the target authoritative with the primary lost, once', run: drive(promotesOnce) }]
      : []),
  ];
}
