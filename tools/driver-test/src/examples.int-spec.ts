import { Bus, jsonRequests } from '@lifeboat/messaging';
import { driverConformance, remoteDriver } from '@lifeboat/replication-driver-api';
import type { Bench } from '@lifeboat/replication-driver-api';
import { loadDrivers } from '@lifeboat/replication-drivers';
import { PROJECT_ROOT } from '@lifeboat/testing';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryBench } from './benches/directory-bench.ts';
import { DriverProcess } from './driver-process.ts';

const MINUTE = 60_000;
const natsUrl = process.env['LIFEBOAT_NATS_URL'] ?? '';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lifeboat-examples-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const folders = () => ({ source: join(root, 'primary'), target: join(root, 'recovery') });
const freshBench = async (): Promise<Bench> => {
  for (const folder of Object.values(folders())) await rm(folder, { recursive: true, force: true });
  return directoryBench(folders());
};

/** The interpreter itself, past what may stand in front of it. Without one the cases are skipped, and say so by their name. */
function findPython(): string | undefined {
  try {
    const ask = 'import sys; assert sys.version_info >= (3, 9); print(sys.executable)';
    return execFileSync('python3', ['-c', ask], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
const python = findPython();

(python === undefined ? describe.skip : describe)('the example driver in Python (needs python3), over NATS', () => {
  const name = 'directories';
  let bus: Bus;
  let running: DriverProcess;
  beforeAll(async () => {
    bus = new Bus(natsUrl, 'driver-test');
    const { source, target } = folders();
    const command = `${python} ${PROJECT_ROOT}/examples/drivers/python/driver.py --site primary=${source} --site recovery=${target}`;
    running = new DriverProcess(name, command, { LIFEBOAT_NATS_URL: natsUrl }, jsonRequests(bus));
    await freshBench();
    await running.start();
  });
  afterAll(async () => {
    await running.stop();
    await bus.close();
  });
  const { driver, present } = remoteDriver({ name, timeoutMs: 5_000 }, (...asked) => running.request(...asked));
  it(
    'passes the suite',
    async () => {
      expect(await present()).toEqual({ ok: true });
      const unproven: string[] = [];
      for (const { name: what, run } of driverConformance(driver))
        if (await run({ ...(await freshBench()), kill: () => running.kill() })) unproven.push(what);
      // Folders have no groups, and no size that grows.
      expect(unproven).toEqual([
        'carries disks that belong together, in one instant where that can be had',
        'carries disks that belong together with its memo lost at every return',
        'carries disks that belong together, killed after every change',
        'forgets a point of disks that belong together, half carried',
        'follows a disk that grew between two points',
      ]);
    },
    3 * MINUTE,
  );
});

describe('the example driver that is an npm package', () => {
  it('is loaded by its name, with its settings, and passes the suite', async () => {
    const installed = join(root, 'node_modules');
    await mkdir(join(installed, '@lifeboat'), { recursive: true });
    await cp(`${PROJECT_ROOT}/examples/drivers/npm-package`, join(installed, '@acme/lifeboat-vault'), {
      recursive: true,
    });
    await symlink(`${PROJECT_ROOT}/libs/replication/driver-api`, join(installed, '@lifeboat/replication-driver-api'));
    const file = join(root, 'drivers.yaml');
    const { source, target } = folders();
    const settings = { sites: { primary: source, recovery: target } };
    await writeFile(file, JSON.stringify({ packages: ['@acme/lifeboat-vault'], drivers: { vault: settings } }));

    const drivers = await loadDrivers(file);
    expect(drivers.loaded.at(-1)).toMatchObject({ origin: 'package', from: '@acme/lifeboat-vault' });
    for (const { run } of driverConformance(drivers.get('vault'))) await run(await freshBench());
  });
});
