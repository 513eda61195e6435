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

const GROUP = 'fleet';
const TICKS_PER_SECOND = 100;
const PATIENT = { timeoutMs: 30 * 60_000, everyMs: 100 };

/** How the recovery cloud is: what each call takes, and how many calls a second each of its services takes (0: as many as come). */
export interface Pace {
  readonly latencyMs: number;
  readonly perSecond: number;
}

export interface Recovery {
  /** From the request until the commit. */
  readonly seconds: number;
  /** Calls that the recovery cloud took, by service. */
  readonly calls: ReadonlyMap<string, number>;
  /** Calls that it refused as too many. */
  readonly refused: number;
  readonly entities: number;
  /** What the saga service used of a processor. */
  readonly coordinatorCpuSeconds: number;
  readonly steps: readonly { readonly name: string; readonly seconds: number }[];
}

interface Logged {
  readonly path: string;
  readonly status: number;
}

/** Two simulated clouds and all services; a project of so many servers, each with two ports and one or two volumes that carry no bytes, with one point. */
export class RecoveryArena {
  private constructor(
    private readonly dir: string,
    private readonly clouds: readonly [SimulatedCloud, SimulatedCloud],
    private readonly stack: Stack,
    private readonly api: LifeboatApi,
  ) {}

  static async start(servers: number): Promise<RecoveryArena> {
    const { LIFEBOAT_DATABASE_URL: databaseUrl = '', LIFEBOAT_NATS_URL: natsUrl = '' } = process.env;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
    const clouds = [await cloudOf('alpha', dir), await cloudOf('beta', dir)] as const;
    await clouds[0].control('POST', '/bulk', { servers });
    await withoutQuota(clouds[1]);
    const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: cloudsFileOf(clouds, dir), dir });
    const arena = new RecoveryArena(dir, clouds, stack, new LifeboatApi(stack.gatewayUrl, { patienceMs: 60_000 }));
    await arena.protect();
    return arena;
  }

  private async protect(): Promise<void> {
    for (const { options } of this.clouds) await this.api.sites.put(options.name);
    const rules = { drivers: [{ driver: 'stateless', diskKind: 'volume' as const }], serverRoot: 'image' as const };
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
    const seconds = (Date.parse(String(run.state['committedAt'])) - began) / 1_000;
    const coordinatorCpuSeconds = this.coordinatorCpu() - cpu;
    const { requests } = await recovery.control<{ requests: readonly Logged[] }>('GET', `/requests?since=${began}`);
    const taken = requests.filter(({ status }) => status !== 429);
    const { entries } = await this.api.runs.ledger(runId);
    return {
      seconds,
      calls: countBy(taken.map(({ path }) => path.split('/')[1] ?? '')),
      refused: requests.length - taken.length,
      entities: entries.length,
      coordinatorCpuSeconds,
      steps: run.steps.map(({ name, startedAt = '', endedAt = '' }) => ({
        name,
        seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000,
      })),
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
    const stat = readFileSync(`/proc/${this.stack.process('saga').pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await Promise.all(this.clouds.map((cloud) => cloud.stop()));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const countBy = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

async function withoutQuota(cloud: SimulatedCloud): Promise<void> {
  const { projectId } = await whoIs(cloud);
  const admin = openCloud(cloud.admin);
  const unlimited = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, -1]));
  await admin.compute.put(`/os-quota-sets/${projectId}`, {
    quota_set: unlimited(['instances', 'cores', 'ram', 'key_pairs', 'server_groups', 'server_group_members']),
  });
  await admin.volume.put(`/os-quota-sets/${projectId}`, {
    quota_set: unlimited(['volumes', 'gigabytes', 'snapshots']),
  });
  await admin.network.put(`/quotas/${projectId}`, {
    quota: unlimited(['network', 'subnet', 'port', 'security_group', 'security_group_rule', 'router', 'floatingip']),
  });
  await admin.close();
}

async function whoIs(cloud: SimulatedCloud): Promise<{ readonly projectId: string }> {
  const demo = openCloud(demoOf(cloud));
  const who = await demo.whoAmI();
  await demo.close();
  return who;
}
