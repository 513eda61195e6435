import { Drive, driverConformance } from '@lifeboat/replication-driver-api';
import type {
  Bench,
  Carried,
  Disk,
  DriverIo,
  Outcome,
  ReplicationDriver,
  Transferred,
} from '@lifeboat/replication-driver-api';
import { attachedBench, simulatedDriversFile } from '@lifeboat/testing';
import type { AttachedBench, AttachedBy } from '@lifeboat/testing';
import { assembleDrivers, loadDrivers } from '../load-drivers.ts';
import { faults, withFault } from './misbehaving.ts';

const MINUTE = 60_000;
/** For what goes round the bytes: digests, frames. The disks hold 2 MiB and more. */
const SLACK_BYTES = 64 * 1024;
const named = (await loadDrivers(simulatedDriversFile())).get('block-stream');

const cases = driverConformance(named).map(({ name }) => name);
const runCase = async (driver: ReplicationDriver, name: string, bench: Bench): Promise<void> => {
  const found = driverConformance(driver).find((one) => one.name === name);
  expect(found).toBeDefined();
  await found?.run(bench);
};

describe.each<AttachedBy>(['mover', 'attachment'])('block-stream by kind %s at both sites', (kind) => {
  let bench: AttachedBench;
  let driver: ReplicationDriver;
  beforeEach(async () => {
    bench = await attachedBench({ source: kind, target: kind });
    driver = (await loadDrivers(bench.driversFile)).get('block-stream');
  });
  afterEach(() => bench.stop());

  it.each(cases)('%s', (name) => runCase(driver, name, bench), MINUTE);

  it.each(Object.entries(faults))(
    'carries every byte and leaves nothing when a cloud %s',
    (_how, fault) => runCase(driver, String(cases[0]), withFault(bench, fault)),
    2 * MINUTE,
  );
});

describe.each<{ source: AttachedBy; target: AttachedBy }>([
  { source: 'mover', target: 'attachment' },
  { source: 'attachment', target: 'mover' },
])('block-stream by kind $source at the primary and $target at the recovery site', (by) => {
  let bench: AttachedBench;
  let driver: ReplicationDriver;
  let drive: Drive;
  beforeEach(async () => {
    bench = await attachedBench(by);
    driver = (await loadDrivers(bench.driversFile)).get('block-stream');
    drive = new Drive(driver, bench);
  });
  afterEach(() => bench.stop());

  const copy = { runId: 'run-1', name: 'copy' };
  async function holds(carried: Carried, disk: Disk): Promise<void> {
    expect(await bench.digestOfCopy(await drive.materialise(carried, copy))).toBe(await bench.digest(disk));
    await drive.release(carried.point, copy);
  }
  async function leavesNothing(...points: readonly Carried[]): Promise<void> {
    for (const { point, transferred } of points) await drive.discard(point, transferred.replica);
    expect([await bench.marked('source'), await bench.marked('target')]).toEqual([{}, {}]);
  }
  /** Methods, in their order, of the calls that fit. */
  const changesOf = (side: 'source' | 'target', wanted: RegExp): readonly string[] =>
    bench.simulators[side]
      .requests()
      .filter(({ method, path }) => wanted.test(`${method} ${path.replace(/[?].*/, '')}`))
      .map(({ method }) => method);
  /** Until bytes move; then the worker is gone. Answers what it left. */
  async function cutOff({ point, taken }: Awaited<ReturnType<Drive['snapshot']>>) {
    let memo: Parameters<ReplicationDriver['transfer']>[2];
    for (let moved = false; !moved;) {
      const working = new AbortController();
      const transfer = (before: typeof memo, io: DriverIo): Promise<Outcome<Transferred>> =>
        driver.transfer(
          point,
          taken,
          before,
          Object.assign(io, {
            moved: () => {
              moved = true;
              working.abort();
            },
          }),
        );
      const outcome = await drive.once({ point, sourceLost: false }, transfer, memo, working.signal);
      expect(outcome.status).not.toBe('done');
      expect(JSON.stringify(outcome)).not.toContain('chap-');
      if (outcome.status === 'in-progress') ({ memo } = outcome);
    }
    return [await bench.attached('source'), await bench.attached('target')].map((ids) => ids.length);
  }

  it('sends a second point as what was changed since the first, each taken of a replica that nobody has attached', async () => {
    const disk = await bench.disk();
    const first = await drive.carry(disk);
    expect(first.transferred.bytes).toBeGreaterThan(2 * 1024 ** 2);
    await bench.write(disk);
    const second = await drive.carry(disk, first);
    expect(second.transferred.bytes).toBeGreaterThanOrEqual(bench.writtenBytes ?? 0);
    expect(second.transferred.bytes).toBeLessThan(1.1 * (bench.writtenBytes ?? 0) + SLACK_BYTES);
    expect([await bench.attached('source'), await bench.attached('target')]).toEqual([[], []]);
    expect(changesOf('target', /^DELETE .*attachments|^POST .*[/]snapshots$/)).toEqual([
      'DELETE',
      'POST',
      'DELETE',
      'POST',
    ]);
    await holds(second, disk);
    await leavesNothing(first, second);
  });

  it('goes on where a worker was cut off between attach and detach', async () => {
    const disk = await bench.disk();
    const begun = await drive.snapshot(disk);
    expect(await cutOff(begun)).toEqual([1, 1]);
    const carried = await drive.transfer(begun.point, begun.taken);
    await holds(carried, disk);
    await leavesNothing(carried);
  });

  it('leaves nothing of a point that was given up while it was attached, and the others stand', async () => {
    const disk = await bench.disk();
    const first = await drive.carry(disk);
    await bench.write(disk);
    const begun = await drive.snapshot(disk, first);
    expect(await cutOff(begun)).toEqual([1, 1]);
    await drive.discard(begun.point, undefined);
    expect([await bench.attached('source'), await bench.attached('target')]).toEqual([[], []]);
    expect(Object.values(await bench.marked('source'))).toEqual(['snapshot']);
    const second = await drive.carry(disk, first);
    await holds(second, disk);
    await leavesNothing(first, second);
  });

  it('is superseded by the next point, which takes over what is attached', async () => {
    const disk = await bench.disk();
    const first = await drive.carry(disk);
    await bench.write(disk);
    const begun = await drive.snapshot(disk, first);
    await cutOff(begun);
    const next = await drive.carry(disk, first);
    await drive.discard(begun.point, undefined);
    await holds(next, disk);
    await leavesNothing(first, next);
  });

  it('asks for the device again where another worker takes over', async () => {
    const disk = await bench.disk();
    const begun = await drive.snapshot(disk);
    await cutOff(begun);
    const { sites } = bench.blockStream;
    const elsewhere = (site: string) => ({
      ...sites[site],
      volumes: { '*': { kind: 'attachment', host: 'another', ip: '127.0.0.1' } },
    });
    const other = await assembleDrivers(
      {
        drivers: {
          'block-stream': {
            ...bench.blockStream,
            sites: { primary: elsewhere('primary'), recovery: elsewhere('recovery') },
          },
        },
        packages: [],
        remote: [],
      },
      '',
    );
    const carried = await new Drive(other.get('block-stream'), bench).transfer(begun.point, begun.taken);
    await holds(carried, disk);
    await leavesNothing(carried);
  });
});
