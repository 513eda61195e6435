import type { Bench } from '@lifeboat/replication-driver-api';
import { simulatedBench } from '@lifeboat/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Given } from './arguments.ts';
import { cloudsBench } from './benches/clouds-bench.ts';
import { directoryBench } from './benches/directory-bench.ts';
import type { OpenBench } from './run-suite.ts';
import type { Subject } from './subject.ts';

interface Made {
  readonly bench: Bench;
  /** What a driver's process is told of it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The bench that was asked for, with the driver's process on it. */
export async function openBench(given: Given, subject: Subject): Promise<OpenBench> {
  const made = await madeFor(given, subject);
  try {
    const running = await subject.start?.(made.env);
    return { bench: { ...made.bench, ...(running && { kill: () => running.kill() }) }, close: made.close };
  } catch (thrown) {
    await made.close();
    throw thrown;
  }
}

export const describeBench = ({ clouds, source, target, directories }: Given): string => {
  if (directories) return `two folders, ${directories.join(' and ')}`;
  return clouds ? `the clouds ${source} and ${target} of ${clouds}` : 'two simulated clouds';
};

function madeFor(given: Given, { driver }: Subject): Promise<Made> {
  if (given.directories) return onDirectories(given.directories, given.patienceSeconds);
  return given.clouds ? onClouds(given, given.clouds) : simulated(given.disk, driver.can.rights);
}

async function onDirectories([source, target]: readonly [string, string], patienceSeconds: number): Promise<Made> {
  const bench = await directoryBench({ source: resolve(source), target: resolve(target) });
  return { bench: { ...bench, patienceMs: patienceSeconds * 1_000 }, env: {}, close: async () => undefined };
}

async function onClouds(given: Given, file: string): Promise<Made> {
  const bench = await cloudsBench({ ...given, clouds: file });
  return { bench, env: { LIFEBOAT_CLOUDS_FILE: resolve(file) }, close: () => bench.stop() };
}

async function simulated(disk: Given['disk'], rights: 'member' | 'admin'): Promise<Made> {
  const username = rights === 'admin' ? 'admin' : 'demo';
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-driver-test-'));
  const bench = await simulatedBench(disk, username);
  const entry = (side: 'source' | 'target') => bench.simulators[side].cloudsYamlEntry({ username, project: 'demo' });
  const file = join(folder, 'clouds.yaml');
  await writeFile(file, JSON.stringify({ clouds: { primary: entry('source'), recovery: entry('target') } }), {
    mode: 0o600,
  });
  return {
    bench,
    env: { LIFEBOAT_CLOUDS_FILE: file },
    async close() {
      await bench.stop();
      await rm(folder, { recursive: true });
    },
  };
}
