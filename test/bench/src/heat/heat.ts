import { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { realArena, runOver } from '@lifeboat/demo';
import type { RealArena } from '@lifeboat/demo';
import { external, newId } from '@lifeboat/kernel';
import { startStack, until } from '@lifeboat/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atMost } from '../axis.ts';
import type { Result } from '../axis.ts';
import { createFleet } from './fleet.ts';

const SERVERS = 5;
const ROUNDS = 2;
const GROUP = 'fleet';
const PATIENT = { timeoutMs: 15 * 60_000, everyMs: 250 };
const BARS = { cold: 1, warm: 0.7 } as const;

interface Stack {
  readonly stack: { readonly stack_status: string; readonly stack_status_reason: string };
}

/**
 * Five servers that boot from volumes, brought up at the recovery site of the two real clouds from one point: by Heat, from the template of the point's bundle,
 * and by an unplanned failover, cold and staged warm; in turns. Heat's time ends with CREATE_COMPLETE, ours when all stands and is verified, and waits for its
 * commit. Each is taken back before the next.
 */
export async function heat(say: (what: string) => void): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-heat-'));
  const { CLOUDS_STATE = '/srv/lifeboat-clouds', LIFEBOAT_CLOUDS_YAML: file = `${CLOUDS_STATE}/clouds.yaml` } =
    process.env;
  const clouds = { cloudsFile: file, primary: 'primary', recovery: 'recovery', lose: undefined, restore: undefined };
  // Heat acts in the name of who made the stack, by trusts, which an application credential may not give.
  const arena = await realArena(dir, clouds, 'admin', true);
  try {
    return await measured(arena, dir, say);
  } finally {
    await arena.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measured(arena: RealArena, dir: string, say: (what: string) => void): Promise<Result> {
  const { LIFEBOAT_DATABASE_URL: databaseUrl = '', LIFEBOAT_NATS_URL: natsUrl = '' } = process.env;
  const env = { ...arena.env, LIFEBOAT_BUNDLE_KEY_FILE: join(dir, 'bundle-key.pem') };
  const stack = await startStack({ databaseUrl, natsUrl, cloudsFile: arena.cloudsFile, dir, env });
  try {
    const fleet = new Fleet(arena, new LifeboatApi(stack.gatewayUrl, { patienceMs: 60_000 }), join(dir, 'bundles'));
    say(`${SERVERS} servers at the primary, and a point of them`);
    const template = await fleet.protect();
    const [byHeat, cold, warm]: [number[], number[], number[]] = [[], [], []];
    const turn = async (name: string, into: number[], take: () => Promise<number>): Promise<void> => {
      into.push(await take());
      say(`${name}: ${into.at(-1)?.toFixed(1)} s`);
    };
    for (let round = 0; round < ROUNDS; round++) {
      await turn('Heat', byHeat, () => fleet.byHeat(template));
      await turn('cold', cold, () => fleet.byFailover(say));
    }
    await fleet.stage();
    for (let round = 0; round < ROUNDS; round++) {
      await turn('Heat', byHeat, () => fleet.byHeat(template));
      await turn('warm', warm, () => fleet.byFailover(say));
    }
    return resultOf(median(byHeat), median(cold), median(warm));
  } finally {
    await stack.stop();
  }
}

function resultOf(byHeat: number, cold: number, warm: number): Result {
  const ratios = { 'cold / Heat': rounded(cold / byHeat), 'staged warm / Heat': rounded(warm / byHeat) };
  return {
    axis: 'heat',
    ours: { 'cold, s': rounded(cold), 'staged warm, s': rounded(warm) },
    peers: { 'Heat, s': rounded(byHeat) },
    ratios,
    bars: {
      'cold / Heat': atMost(ratios['cold / Heat'], BARS.cold),
      'staged warm / Heat': atMost(ratios['staged warm / Heat'], BARS.warm),
    },
  };
}

class Fleet {
  constructor(
    private readonly arena: RealArena,
    private readonly api: LifeboatApi,
    private readonly bundles: string,
  ) {}

  /** The template of the bundle of its point. */
  async protect(): Promise<string> {
    const { arena, api, bundles } = this;
    const servers = await createFleet(arena.primaryCloud, SERVERS);
    for (const site of [arena.primary, arena.recovery]) await api.sites.put(site);
    await this.putPolicy('cold');
    const { primary, recovery } = arena;
    const ids = servers.map((id) => ({ kind: 'server', id }));
    await api.groups.put({ groupId: GROUP, name: 'Fleet', primary, recovery, policy: 'fleet', members: { ids } });
    await this.makePoint();
    // A primary that is lost takes no processor from the other cloud, which here has the same two.
    for (const id of servers) await arena.primaryCloud.compute.post(`/servers/${id}/action`, { 'os-stop': null });
    const { name } = await until('its bundle', async () => (await api.bundles.list(GROUP))[0], PATIENT);
    return readFileSync(join(bundles, GROUP, name, 'template.yaml'), 'utf8');
  }

  private async putPolicy(staging: 'cold' | 'warm'): Promise<void> {
    const rules = { drivers: [...this.arena.drivers], serverRoot: 'image' as const };
    const bundle = { to: this.bundles, keep: 1 };
    await this.api.policies.put({ name: 'fleet', rpoSeconds: 0, keepPoints: 1, rules, bundle, staging });
  }

  private async makePoint(): Promise<void> {
    const { runId } = await this.api.points.request(GROUP, newId(), 'bench');
    completed(await runOver(this.api, runId, PATIENT), 'completed');
  }

  /** All that can stand before is prepared. Of the same point. */
  async stage(): Promise<void> {
    await this.putPolicy('warm');
    await until(
      'the fleet to stand staged',
      async () => {
        const runs = (await this.api.runs.list({ limit: 500 })).filter(({ kind }) => kind === 'stage');
        return runs.some(({ outcome }) => outcome === 'completed') ? true : undefined;
      },
      PATIENT,
    );
  }

  async byHeat(template: string): Promise<number> {
    const began = performance.now();
    const service = this.arena.recoveryCloud.orchestration;
    const { stack } = await service.post<{ stack: { id: string } }>('/stacks', { stack_name: 'fleet', template });
    const path = `/stacks/fleet/${stack.id}`;
    await this.settles(path, 'CREATE_COMPLETE');
    const seconds = (performance.now() - began) / 1_000;
    await service.delete(path);
    await this.settles(path, 'DELETE_COMPLETE');
    return seconds;
  }

  private async settles(path: string, wanted: string): Promise<void> {
    await until(
      `Heat's ${wanted}`,
      async () => {
        const { stack } = await this.arena.recoveryCloud.orchestration.get<Stack>(path);
        if (stack.stack_status.endsWith('FAILED'))
          throw external('stack-failed', `Heat says ${stack.stack_status}: ${stack.stack_status_reason}`);
        return stack.stack_status === wanted || undefined;
      },
      PATIENT,
    );
  }

  async byFailover(say: (what: string) => void): Promise<number> {
    const [began, runId] = [performance.now(), newId()];
    await this.api.runs.start(runId, {
      kind: 'failover',
      groupId: GROUP,
      confirmPrimaryLost: true,
      commitWindow: { seconds: 3_600, whenOver: 'roll-back' },
      reason: 'bench',
    });
    const run = await until(
      'the commit window',
      async () => {
        const now = await this.api.runs.get(runId).catch(() => undefined);
        if (now && now.outcome !== 'running') completed(now, 'running');
        return now?.steps.some(({ name, state }) => name === 'commit window' && state === 'held') ? now : undefined;
      },
      PATIENT,
    );
    const seconds = (performance.now() - began) / 1_000;
    for (const { name, startedAt, endedAt } of run.steps)
      if (startedAt && endedAt) say(`  ${name}: ${(Date.parse(endedAt) - Date.parse(startedAt)) / 1_000} s`);
    await this.api.runs.steer(runId, 'abort', 'bench');
    completed(await runOver(this.api, runId, PATIENT), 'undone');
    return seconds;
  }
}

function completed(run: RunDetail, wanted: RunDetail['outcome']): void {
  if (run.outcome !== wanted)
    throw external('bench-run-failed', `${run.kind} ended ${run.outcome}: ${run.error?.message ?? 'no reason given'}`);
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const rounded = (value: number): number => Number(value.toFixed(3));
