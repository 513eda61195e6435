import { DiscardDisks, ListDrivers, MaterialiseDisks, ReleaseDisks, ReplicateDisks } from '@lifeboat/contracts';
import type { Disk } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { ask, Bus } from '@lifeboat/messaging';
import { PROJECT_ROOT, until } from '@lifeboat/testing';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataBench } from './simulated/data-bench.ts';

const MINUTE = 60_000;
const EXAMPLES = `${PROJECT_ROOT}/examples/drivers`;

/** Without an interpreter the cases are skipped, and say so by their name. */
function findPython(): string | undefined {
  try {
    const question = 'import sys; assert sys.version_info >= (3, 9); print(sys.executable)';
    return execFileSync('python3', ['-c', question], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
const python = findPython();

(python === undefined ? describe.skip : describe)('drivers of vendors in an installation (needs python3)', () => {
  let folder: string;
  let bench: DataBench;
  let bus: Bus;
  let vendor: ChildProcess | undefined;
  const at = (site: string, ...path: string[]): string => join(folder, site, ...path);
  const startVendor = (): void => {
    const sites = ['alpha', 'beta'].flatMap((site) => ['--site', `${site}=${at(site)}`]);
    vendor = spawn(python ?? '', [`${EXAMPLES}/python/driver.py`, ...sites], {
      env: { ...process.env, LIFEBOAT_NATS_URL: bench.servers.natsUrl },
      stdio: 'ignore',
    });
  };
  const listed = async (name: string) => {
    const { drivers } = await ask(bus, ListDrivers, {});
    return drivers.find((one) => one.name === name);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-vendors-'));
    const file = join(folder, 'drivers.yaml');
    const settings = { sites: { alpha: at('alpha'), beta: at('beta') } };
    const packages = [`${EXAMPLES}/npm-package`];
    await writeFile(
      file,
      JSON.stringify({ packages, drivers: { vault: settings }, remote: [{ name: 'directories' }] }),
    );
    bench = await DataBench.start(undefined, { env: { LIFEBOAT_DRIVERS_FILE: file } });
    bus = new Bus(bench.servers.natsUrl, 'vendors-spec');
  }, 5 * MINUTE);
  afterAll(async () => {
    vendor?.kill('SIGKILL');
    await bus.close();
    await bench.stop();
    await rm(folder, { recursive: true });
  }, MINUTE);

  /** A volume whose bytes the vendor's system has. */
  const volume = async (): Promise<Disk> => {
    const disk = await bench.volume('data');
    await mkdir(at('alpha', 'disks'), { recursive: true });
    await writeFile(at('alpha', 'disks', disk.id), randomBytes(1024 ** 2));
    return disk;
  };
  const replicate = (disk: Disk, driver: string, pointId = newId()) =>
    bench.ask(ReplicateDisks, {
      groupId: 'grp-1',
      pointId,
      source: 'alpha',
      target: 'beta',
      disks: [disk],
      rules: [{ driver }],
    });

  it(
    'starts without the process of a remote driver, and refuses disks for it with the reason',
    async () => {
      expect(await listed('directories')).toMatchObject({
        origin: 'remote',
        problem: expect.stringContaining('lifeboat.driver.directories.describe'),
      });
      await expect(replicate(await volume(), 'directories')).rejects.toMatchObject({
        code: 'disk-not-carriable',
        message: expect.stringContaining('lifeboat.driver.directories.describe'),
      });
    },
    5 * MINUTE,
  );

  it.each([
    ['a process in Python', 'directories', 'remote'],
    ['a package', 'vault', 'package'],
  ])(
    'carries a disk by %s, makes a copy of its point and leaves nothing',
    async (_what, driver, origin) => {
      if (driver === 'directories') startVendor();
      const known = await until('the driver', async () => {
        const found = await listed(driver);
        return found?.problem === undefined ? found : undefined;
      });
      expect(known).toMatchObject({ origin, can: { unplanned: true, rollback: 'copies' } });
      const disk = await volume();
      const [pointId, runId] = [newId(), newId()];
      const { disks } = await replicate(disk, driver, pointId);
      expect(disks).toMatchObject([{ driver, bytes: 1024 ** 2 }]);
      const { copies } = await bench.ask(MaterialiseDisks, {
        groupId: 'grp-1',
        runId,
        pointId,
        target: 'beta',
        disks,
        mappings: {},
      });
      expect(await readFile(at('beta', 'copies', copies[0]?.targetId ?? ''))).toEqual(
        await readFile(at('alpha', 'disks', disk.id)),
      );
      await bench.ask(ReleaseDisks, { groupId: 'grp-1', runId });
      await bench.ask(DiscardDisks, { groupId: 'grp-1', pointId, sourceLost: false });
      for (const place of [at('alpha', 'snapshots'), at('beta', 'replicas'), at('beta', 'copies')])
        expect(await readdir(place)).toEqual([]);
    },
    5 * MINUTE,
  );
});
