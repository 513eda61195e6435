import { LifeboatApi } from '@lifeboat/api-client';
import { simulatedArena } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { createShop, SERVICES, startStack, until } from '@lifeboat/testing';
import type { Stack } from '@lifeboat/testing';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { atMost } from './axis.ts';
import type { Result } from './axis.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const IDLE_AFTER_MS = 10_000;
const SAMPLE_MS = 200;
/** Those of the recovery site, and what runs at the primary beside the worker. */
const MEASURED = [...SERVICES, 'fence-agent'] as const;
const BARS = { idleMiB: 170, copyingMiB: 220, readyMs: 2_000 } as const;

/** Memory and start of every service, telemetry on: idle, and while three volumes and a root disk of 1 GiB each are carried. */
export async function footprint(say: (what: string) => void): Promise<Result> {
  const { LIFEBOAT_DATABASE_URL: databaseUrl = '', LIFEBOAT_NATS_URL: natsUrl = '' } = process.env;
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
  const arena = await simulatedArena(dir, 'member', { gibBytes: GIB, imageBytes: 64 * MIB });
  const stack = await startStack({
    databaseUrl,
    natsUrl,
    cloudsFile: arena.cloudsFile,
    dir,
    traces: true,
    only: MEASURED,
    env: { ...arena.env, LIFEBOAT_SITE: arena.primary, LIFEBOAT_LEASES_FILE: join(dir, 'leases.json') },
  });
  try {
    say('idle');
    await pause(IDLE_AFTER_MS);
    const idle = rssOf(stack);
    say('carrying 4 GiB');
    const peak = await whileCarrying(stack, arena);
    const together = readyOf(dir, 0);
    say('starting each again');
    for (const name of MEASURED) await startAgain(stack, dir, name);
    return resultOf(idle, peak, readyOf(dir, 1), together);
  } finally {
    await stack.stop();
    await arena.close();
  }
}

type PerService = Readonly<Record<string, number>>;

function resultOf(idle: PerService, peak: PerService, ready: PerService, together: PerService): Result {
  const named = (what: string, of: PerService) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [`${name} ${what}`, Math.round(value)]));
  const most = (of: PerService, except?: string): number =>
    Math.round(
      Math.max(
        ...Object.entries(of)
          .filter(([name]) => name !== except)
          .map(([, value]) => value),
      ),
    );
  return {
    axis: 'footprint',
    peers: {},
    ratios: {},
    ours: {
      ...named('idle MiB', idle),
      ...named('peak MiB while copying', peak),
      ...named('ready ms', ready),
      ...named('ready ms, all at once', together),
    },
    bars: {
      'idle MiB, the gateway aside': atMost(most(idle, 'gateway'), BARS.idleMiB),
      'peak MiB while copying': atMost(most(peak), BARS.copyingMiB),
      'ready ms': atMost(most(ready), BARS.readyMs),
    },
  };
}

async function whileCarrying(stack: Stack, arena: Awaited<ReturnType<typeof simulatedArena>>): Promise<PerService> {
  const shop = await createShop(arena.primaryCloud);
  const api = new LifeboatApi(stack.gatewayUrl);
  await api.sites.put(arena.primary);
  await api.sites.put(arena.recovery);
  await api.policies.put({
    name: 'bench',
    rpoSeconds: 0,
    keepPoints: 2,
    rules: { drivers: [], serverRoot: 'snapshot' },
  });
  const ids = Object.values(shop.servers).map((id) => ({ kind: 'server', id }));
  await api.groups.put({
    groupId: 'bench',
    name: 'bench',
    primary: arena.primary,
    recovery: arena.recovery,
    policy: 'bench',
    members: { ids },
  });
  const { runId } = await api.points.request('bench', newId(), 'bench');
  const peak: Record<string, number> = {};
  const look = async (): Promise<true | undefined> => {
    for (const [name, mib] of Object.entries(rssOf(stack))) peak[name] = Math.max(peak[name] ?? 0, mib);
    const run = await api.runs.get(runId).catch(() => undefined);
    return run && run.outcome !== 'running' ? true : undefined;
  };
  await until('the point', look, { timeoutMs: 10 * 60_000, everyMs: SAMPLE_MS });
  return peak;
}

/** Resident set, MiB, as the kernel says. */
const rssOf = (stack: Stack): PerService =>
  Object.fromEntries(
    MEASURED.map((name) => {
      const status = readFileSync(`/proc/${stack.process(name).pid}/status`, 'utf8');
      return [name, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024];
    }),
  );

/** What each service logs when it is ready, once for each of its starts. */
const readiesOf = (dir: string, name: string): readonly string[] =>
  readFileSync(join(dir, 'logs', `${name}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"msg":"ready"'));

/** From the start of the process to ready, at its first start (0: all at once) or the one after it (1: beside the others, which serve). */
const readyOf = (dir: string, start: number): PerService =>
  Object.fromEntries(
    MEASURED.map((name) => [name, Number(/"ms":(\d+)/.exec(readiesOf(dir, name)[start] ?? '')?.[1] ?? Number.NaN)]),
  );

async function startAgain(stack: Stack, dir: string, name: (typeof MEASURED)[number]): Promise<void> {
  stack.process(name).kill();
  await until(`${name} to be ready again`, async () => (readiesOf(dir, name).length > 1 ? true : undefined), {
    everyMs: 50,
  });
}
