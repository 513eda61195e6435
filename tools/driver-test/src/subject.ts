import { Bus, jsonRequests } from '@lifeboat/messaging';
import { remoteDriver } from '@lifeboat/replication-driver-api';
import type { DriverRequest, ReplicationDriver } from '@lifeboat/replication-driver-api';
import { builtIn, loadDrivers } from '@lifeboat/replication-drivers';
import { startServers } from '@lifeboat/testing';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Given } from './arguments.ts';
import { DriverProcess } from './driver-process.ts';

/** The driver under test. */
export interface Subject {
  readonly driver: ReplicationDriver;
  readonly comesFrom: string;
  version(): string | undefined;
  /** Starts its process for a bench, where it has one that is ours to start; what is answered kills it and starts it again. */
  start?(env: Readonly<Record<string, string>>): Promise<DriverProcess>;
  close(): Promise<void>;
}

export const subjectOf = (given: Given): Promise<Subject> =>
  given.remote === undefined ? loaded(given, given.driver ?? '') : remote(given, given.remote);

/** As the services load it: a drivers file that names the package and has the settings. */
async function loaded(given: Given, named: string): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-driver-test-'));
  try {
    const known = builtIn.some(({ name }) => name === named);
    const file = join(folder, 'drivers.json');
    const package_ = /^\.{1,2}(\/|$)/.test(named) ? resolve(named) : named;
    const packages = known ? [] : [package_];
    const write = (drivers: object) => writeFile(file, JSON.stringify({ packages, drivers }));
    await write({});
    const name = known ? named : ((await loadDrivers(file)).loaded.at(-1)?.driver.name ?? named);
    if (given.settings) await write({ [name]: parse(await readFile(given.settings, 'utf8')) });
    return {
      driver: (await loadDrivers(file)).get(name),
      comesFrom: known ? 'built in' : `package ${named}`,
      version: () => undefined,
      close: async () => undefined,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function remote({ nats, start, timeoutSeconds }: Given, name: string): Promise<Subject> {
  const servers = nats === undefined ? await startServers({ postgres: false }) : undefined;
  const url = nats ?? servers?.natsUrl ?? '';
  const bus = new Bus(url, 'lifeboat-driver-test');
  const asked = jsonRequests(bus);
  let running: DriverProcess | undefined;
  const request: DriverRequest = (...question) => (running?.request ?? asked)(...question);
  const { driver, version, present } = remoteDriver({ name, timeoutMs: timeoutSeconds * 1_000 }, request);
  if (start === undefined) await present();
  return {
    driver,
    comesFrom: start === undefined ? `a process that answers at ${new URL(url).host}` : `process ${start}`,
    version,
    ...(start !== undefined && {
      start: async (env) => {
        await running?.stop();
        running = new DriverProcess(name, start, { ...env, LIFEBOAT_NATS_URL: url }, asked);
        await running.start();
        await present();
        return running;
      },
    }),
    async close() {
      await running?.stop();
      await bus.close();
      await servers?.stop();
    },
  };
}
