import { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { illegalState, newId } from '@lifeboat/kernel';
import { openCloud } from '@lifeboat/openstack-client';
import { startStack, until } from '@lifeboat/testing';
import type { SimulatedCloud, Stack } from '@lifeboat/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudOf, cloudsFileOf, demoOf } from '../demo-cloud.ts';
import { boundsOf } from './model.ts';
import type { Bounds } from './model.ts';
import type { Pace } from './pace.ts';
import { reachable } from './reach.ts';

const GROUP = 'fleet';
/** Linux counts processor time in these, on every machine. */
const TICKS_PER_SECOND = 100;
/** Seldom, as who asks how a run goes asks the coordinator. */
const PATIENT = { timeoutMs: 30 * 60_000, everyMs: 5_000 };
const TOO_MANY = 429;
/** A simulated server boots for twice the time that other changes of state take. */
const DELAYS_OF_A_BOOT = 2;

export interface Logged {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface Recovery {
  /** From the request until the commit. */
  readonly seconds: number;
  /** Of it, from the first command to recreate until its answer. */
  readonly recreating: number;
  /** All that the recovery cloud was asked. */
  readonly calls: readonly Logged[];
  /** Of them, refused as too many. */
  readonly refused: number;
  readonly entities: number;
  /** What the coordinator, which is the service saga, used of a processor. */
  readonly coordinatorCpuSeconds: number;
  readonly bounds: Bounds;
  readonly steps: readonly { readonly name: string; readonly seconds: number }[];
}

/** Two simulated clouds and all services; a project of so many servers, each with a port, that boot from an image and carry nothing, with one point. */
export class RecoveryArena {
  private constructor(
    private readonly dir: string,
    private readonly clouds: readonly [SimulatedCloud, SimulatedCloud],
    private readonly stack: Stack,
    private readonly api: LifeboatApi,
    private readonly bounds: Bounds,
  ) {}

  /** `processes`: of recovery-execution. */
  static async start(servers: number, pace: Pace, processes = 1): Promise<RecoveryArena> {
    const { LIFEBOAT_DATABASE_URL: databaseUrl = '', LIFEBOAT_NATS_URL: natsUrl = '' } = process.env;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
    const slow = await cloudOf('beta', dir, { delayMs: pace.bootMs / DELAYS_OF_A_BOOT });
    const clouds = [await cloudOf('alpha', dir), slow] as const;
    await clouds[0].control('POST', '/bulk', { servers, stateless: true });
    await withoutQuota(clouds[0]);
    await withoutQuota(slow);
    const bounds = await modelled(clouds[0], dir, pace);
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: cloudsFileOf(clouds, dir), dir });
    for (let more = 1; more < processes; more++) await stack.another('recovery-execution');
    const arena = new RecoveryArena(
      dir,
      clouds,
      stack,
      new LifeboatApi(stack.gatewayUrl, { patienceMs: 60_000 }),
      bounds,
    );
    await arena.protect();
    return arena;
  }

  private async protect(): Promise<void> {
    for (const { options } of this.clouds) await this.api.sites.put(options.name);
    const rules = { drivers: [], serverRoot: 'image' as const };
    await this.api.policies.put({ name: 'fleet', rpoSeconds: 0, keepPoints: 1, rules });
    await this.api.groups.put({
      groupId: GROUP,
      name: 'Fleet',
      primary: 'alpha',
      recovery: 'beta',
      policy: 'fleet',
      members: { project: true },
    });
    const { runId } = await this.api.points.request(GROUP, newId(), 'bench');
    await this.over(runId);
  }

  /** Loses the primary and recovers all of it. Once. */
  async recover({ latencyMs, perSecond }: Pace): Promise<Recovery> {
    const [primary, recovery] = this.clouds;
    await recovery.control('POST', '/faults', { kind: 'latency', ms: latencyMs });
    await recovery.control('PUT', '/rate-limit', { perSecond });
    await primary.lose();
    const [began, cpu] = [Date.now(), this.coordinatorCpu()];
    const runId = newId();
    await this.api.runs.start(runId, {
      kind: 'failover',
      groupId: GROUP,
      confirmPrimaryLost: true,
      reason: 'bench',
    });
    const run = await this.over(runId);
    const coordinatorCpuSeconds = this.coordinatorCpu() - cpu;
    const { requests: calls } = await recovery.control<{ requests: readonly Logged[] }>(
      'GET',
      `/requests?since=${began}`,
    );
    const steps = run.steps.map(({ name, startedAt = '', endedAt = '' }) => ({
      name,
      seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000,
    }));
    return {
      seconds: (Date.parse(String(run.state['committedAt'])) - began) / 1_000,
      recreating: steps.find(({ name }) => name.includes('recreate'))?.seconds ?? Number.NaN,
      calls,
      refused: calls.filter(({ status }) => status === TOO_MANY).length,
      entities: (await this.api.runs.ledger(runId)).entries.length,
      coordinatorCpuSeconds,
      bounds: this.bounds,
      steps,
    };
  }

  private async over(runId: string): Promise<RunDetail> {
    const run = await until(
      `run ${runId}`,
      async () => {
        const now = await this.api.runs.get(runId).catch(() => undefined);
        return now && now.outcome !== 'running' && now.outcome !== 'undoing' ? now : undefined;
      },
      PATIENT,
    );
    if (run.outcome === 'completed') return run;
    const reasons = run.steps.flatMap(({ error }) => error?.message ?? []);
    throw illegalState('bench-run-failed', `${run.kind} ended ${run.outcome}: ${reasons.join('; ')}`);
  }

  private coordinatorCpu(): number {
    return cpuSecondsOf(this.stack.process('saga').pid);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await Promise.all(this.clouds.map((cloud) => cloud.stop()));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function cpuSecondsOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Gives the lost site's servers ways out, and asks what their recovery takes at least. */
async function modelled(primary: SimulatedCloud, dir: string, pace: Pace): Promise<Bounds> {
  const spare = await cloudOf('spare', dir, { delayMs: 0 });
  const [source, target] = [openCloud(demoOf(primary)), openCloud(demoOf(spare))];
  try {
    await withoutQuota(spare);
    await reachable(source);
    return await boundsOf(source, target, pace);
  } finally {
    await Promise.all([source.close(), target.close()]);
    await spare.stop();
  }
}

/** A project of a thousand servers has quotas to match. */
async function withoutQuota(cloud: SimulatedCloud): Promise<void> {
  const demo = openCloud(demoOf(cloud));
  const { projectId } = await demo.whoAmI();
  await demo.close();
  const admin = openCloud(cloud.admin);
  const unlimited = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, -1]));
  const ofNeutron = unlimited(
    'network',
    'subnet',
    'port',
    'router',
    'floatingip',
    'security_group',
    'security_group_rule',
  );
  await admin.compute.put(`/os-quota-sets/${projectId}`, { quota_set: unlimited('instances', 'cores', 'ram') });
  await admin.network.put(`/quotas/${projectId}`, { quota: ofNeutron });
  await admin.close();
}
