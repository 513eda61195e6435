import { Bus, jsonRequests } from '@lifeboat/messaging';
import { remoteDriver } from '@lifeboat/replication-driver-api';
import type { DriverRequest, ReplicationDriver } from '@lifeboat/replication-driver-api';
import { assembleDrivers, builtIn } from '@lifeboat/replication-drivers';
import { startServers } from '@lifeboat/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** As the services load it, from a drivers file in the folder where this was started. */
async function loaded({ settings }: Given, named: string): Promise<Subject> {
  const known = builtIn.some(({ name }) => name === named);
  const packages = known ? [] : [named];
  const load = (drivers: Readonly<Record<string, unknown>>) =>
    assembleDrivers({ packages, drivers, remote: [] }, join(process.cwd(), '--driver'));
  const name = known ? named : ((await load({})).loaded.at(-1)?.driver.name ?? named);
  const told = settings === undefined ? {} : { [name]: parse(await readFile(settings, 'utf8')) as unknown };
  return {
    driver: (await load(told)).get(name),
    comesFrom: known ? 'built in' : `package ${named}`,
    version: () => undefined,
    close: async () => undefined,
  };
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
