import { external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { until } from '@lifeboat/testing';

/** Numbers that a test guest has counted to: on the disk it boots from, and on its first data disk. */
export interface Counted {
  readonly boot: number;
  readonly data: number;
}

const BOOT_MS = 300_000;

/** The last numbers that a guest said it had written; also of one that was stopped since. */
export async function lastTick(cloud: Cloud, server: string): Promise<Counted | undefined> {
  const last = (await consoleOf(cloud, server)).findLast((line) => /tick boot=\d+ data=/.test(line));
  const [, boot, data] = /boot=(\d+) data=(\d+|-)/.exec(last ?? '') ?? [];
  return boot === undefined ? undefined : { boot: Number(boot), data: Number(data) };
}

/** Waits until a guest has said for the first time that it wrote. Nova has no console of a server that is on no host yet. */
export const counting = (cloud: Cloud, server: string): Promise<Counted> =>
  until('the guest to count', () => lastTick(cloud, server).catch(() => undefined), {
    timeoutMs: BOOT_MS,
    everyMs: 2_000,
  });

/** Where a guest that has booted found its disks, when it has said whether all it ever wrote is there, in order. */
export async function resumed(cloud: Cloud, server: string): Promise<Counted> {
  const lines = await until(
    'the recovered guest to count on',
    async () => {
      const said = await consoleOf(cloud, server);
      return said.some((line) => line.includes('tick boot=')) ? said : undefined;
    },
    { timeoutMs: BOOT_MS, everyMs: 2_000 },
  );
  const broken = lines.find((line) => line.includes('BROKEN'));
  if (broken !== undefined) throw external('guest-data-broken', `The recovered guest says: ${broken.trim()}`);
  const [, boot, data] = /resuming: boot disk at (\d+), data disk at (\d+)/.exec(lines.join('\n')) ?? [];
  return { boot: Number(boot), data: Number(data) };
}

async function consoleOf(cloud: Cloud, server: string): Promise<readonly string[]> {
  const { output } = await cloud.compute.post<{ output: string }>(`/servers/${server}/action`, {
    'os-getConsoleOutput': {},
  });
  return output.split(/\r?\n/);
}
