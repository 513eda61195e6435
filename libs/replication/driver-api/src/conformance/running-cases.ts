import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Drive } from './drive.ts';

/** Cases for mechanisms that run all the time. */

/** A look at any moment: it changes nothing, and where it does not go on by itself it says why. */
export async function saysItsLag(drive: Drive): Promise<void> {
  const { bench } = drive;
  const carried = await drive.carry(await bench.disk());
  const before = { source: await bench.marked('source'), target: await bench.marked('target') };
  for (const replica of [undefined, carried.transferred.replica]) {
    const { seconds = 0, bytes = 0, healthy, problem = '' } = await drive.lag(carried.point, replica);
    assert.ok(seconds >= 0 && bytes >= 0, 'the target is ahead of the source');
    assert.ok(healthy, `replication is not healthy: ${problem}`);
  }
  assert.deepEqual(
    { source: await bench.marked('source'), target: await bench.marked('target') },
    before,
    'to look at the lag changed something',
  );
  await drive.discard(carried.point, carried.transferred.replica);
}

/** After the commit of a run, the primary being lost; the engine may not hear of it and ask again. */
export async function promotesOnce(drive: Drive): Promise<void> {
  const { bench } = drive;
  const disk = await bench.disk();
  const carried = await drive.carry(disk);
  const copy = { runId: `run-${randomUUID()}`, name: `copy of ${disk.name}` };
  await drive.materialise(carried, copy);
  const first = await drive.promote(carried, copy);
  assert.deepEqual(await drive.promote(carried, copy), first, 'a second promotion answered otherwise');
  assert.equal(drive.forbiddenCalls, 0, 'the lost primary was called');
  await drive.release(carried.point, copy);
  await drive.discard(carried.point, carried.transferred.replica, true);
}
