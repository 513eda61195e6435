import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Disk, Materialised, ReplicationDriver } from '../driver.ts';
import type { Bench, Side } from './bench.ts';
import { SLACK_BYTES } from './differences.ts';
import { Drive } from './drive.ts';
import { caseOf, copyFor, leavesNothing, materialisesAndReleases } from './steps.ts';
import type { ConformanceCase } from './steps.ts';

const other = (side: Side): Side => (side === 'source' ? 'target' : 'source');

/** The same two clouds when what serves is a copy at the target: that is the primary now. */
function theOtherWay({ loseSource: _none, ...bench }: Bench, disk: Disk): Bench {
  const { clouds, facts } = bench;
  return {
    ...bench,
    clouds: { source: clouds.target, target: clouds.source },
    facts: { source: facts.target, target: facts.source },
    digest: ({ id }) => bench.digestOfCopy({ kind: 'volume', volumeId: id }),
    digestOfCopy: (copy: Materialised) => bench.digest({ ...disk, id: volumeOf(copy) }),
    marked: (side) => bench.marked(other(side)),
    usage: (side) => bench.usage(other(side)),
  };
}

function volumeOf(copy: Materialised): string {
  assert.equal(copy.kind, 'volume', 'a disk that serves is a volume');
  return copy.kind === 'volume' ? copy.volumeId : '';
}

/** A run serves from a copy and writes to it, then the old primary is back: the first point the other way costs what was written, and what stood there is as it was. */
async function goesBackByDifference(drive: Drive): Promise<void> {
  const { bench, driver } = drive;
  const disk = await bench.disk();
  const carried = await drive.carry(disk);
  const copy = copyFor(disk);
  const serving = await drive.materialise(carried, copy);
  await bench.writeCopy?.(serving);
  const [original, written] = [await bench.digest(disk), await bench.digestOfCopy(serving)];
  assert.deepEqual(await drive.reverse(carried, serving), { full: false });
  const used = await bench.usage('source');
  assert.deepEqual(await drive.reverse(carried, serving), { full: false }, 'a second reversal answered otherwise');
  assert.deepEqual(await bench.usage('source'), used, `${driver.name} made something again`);
  const back = new Drive(driver, theOtherWay(bench, disk));
  const first = await back.carry({ ...disk, id: volumeOf(serving), status: 'available' });
  const { bytes } = first.transferred;
  assert.ok(bytes <= (bench.writtenBytes ?? Infinity) * 1.1 + SLACK_BYTES, `${driver.name} moved ${bytes} bytes`);
  await materialisesAndReleases(back, first, written);
  await back.discard(first.point, first.transferred.replica);
  // Another one, that no point ever takes.
  await drive.reverse(carried, serving);
  await back.discard({ ...first.point, pointId: `run-${randomUUID()}` }, undefined);
  assert.equal(await bench.digest(disk), original, 'what stands at the old primary was written to');
  await drive.release(carried.point, copy);
  await drive.discard(carried.point, carried.transferred.replica);
  await leavesNothing(drive);
}

/** Cases for drivers that turn round what a run serves from by a copy. */
export const wayBackCases = (driver: ReplicationDriver): readonly ConformanceCase[] =>
  driver.can.reverses === 'copies'
    ? [{ name: 'goes back by difference from a copy that serves', run: caseOf(driver, goesBackByDifference) }]
    : [];
