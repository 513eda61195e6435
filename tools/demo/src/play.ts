import { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { external, newId } from '@lifeboat/kernel';
import { createShop } from '@lifeboat/testing';
import type { As, Shop, Stack } from '@lifeboat/testing';
import { setTimeout as pause } from 'node:timers/promises';
import type { Arena, Proof } from './arena.ts';
import type { Progress } from './progress.ts';
import { problemsOf } from './report/report.ts';
import type { Report } from './report/report.ts';
import { runOver } from './run-over.ts';
import { spansOf } from './spans.ts';

export interface Stage {
  readonly arena: Arena;
  readonly stack: Stack;
  readonly progress: Progress;
  readonly as: As;
  /** How many recovery points are made; 2 by default. */
  readonly points?: number;
  /** More points are made until it says so. */
  readonly enough?: () => boolean;
  /** A last look at the primary. */
  readonly beforeLoss?: (shop: Shop) => Promise<void>;
}

const GROUP = 'shop';
const WRITE_MS = 1_500;
const RUN_MS = 30 * 60_000;
/** Services may restart while they are asked. */
const PATIENCE_MS = 60_000;

/** The main job from end to end: protect, lose, recover, prove. */
export async function play({ arena, stack, progress, as, points = 2, enough, beforeLoss }: Stage): Promise<Report> {
  const startedAt = new Date().toISOString();
  progress.step(`creating the workload "shop" in ${arena.primary}`);
  const shop = await createShop(arena.primaryCloud, undefined, (what) => progress.say(what));

  progress.step('protecting it');
  const api = new LifeboatApi(stack.gatewayUrl, { patienceMs: PATIENCE_MS });
  const { protects, writtenBeforePoint } = await protectShop(
    api,
    arena,
    shop,
    { points, enough: enough ?? (() => true) },
    progress,
  );
  await beforeLoss?.(shop);

  progress.step(`losing ${arena.primary}: no farewell`);
  const writtenBeforeLoss = await arena.guestCounter(shop);
  await arena.losePrimary();

  progress.step(`failing over to ${arena.recovery}`);
  const failoverApi = new LifeboatApi(stack.gatewayUrl, { patienceMs: PATIENCE_MS });
  const asked = Date.now();
  const runId = newId();
  await failoverApi.runs.start(runId, {
    kind: 'failover',
    groupId: GROUP,
    confirmPrimaryLost: true,
    reason: 'the demo lost the primary',
  });
  // Until it is asked for a failover Lifeboat looks for a sign of life; from then on nobody calls.
  const callsBefore = arena.callsAfterLoss();
  const run = await follow(failoverApi, runId, progress);
  const primaryCalls = arena.callsAfterLoss() - callsBefore;

  progress.step('proving it');
  const lost = { startedAt, asked, protects, writtenBeforePoint, writtenBeforeLoss, primaryCalls };
  return prove({ arena, stack, progress, as }, failoverApi, await proofOf(failoverApi, shop, run), lost);
}

interface Lost {
  readonly startedAt: string;
  readonly asked: number;
  readonly protects: readonly RunDetail[];
  readonly writtenBeforePoint: number | undefined;
  readonly writtenBeforeLoss: number | undefined;
  readonly primaryCalls: number;
}

async function prove(
  { arena, stack, progress, as }: Stage,
  api: LifeboatApi,
  proof: Proof,
  lost: Lost,
): Promise<Report> {
  const { run } = proof;
  const details = await arena.compareVolumes(proof);
  progress.say(`${details.filter((v) => v.equal).length} of ${details.length} volumes are equal, byte by byte`);
  const receipt = await api.runs.receipt(run.runId);
  const strangers = await arena.unaccounted(proof);
  const resumedAt = await arena.resumedCounter(proof);
  const report: Omit<Report, 'problems'> = {
    title: 'Lifeboat demo: lose a cloud, run its workload in the other one',
    startedAt: lost.startedAt,
    clouds: arena.kind,
    as,
    rpoSeconds: Number(run.state['rpoSeconds'] ?? Number.NaN),
    rtoSeconds: (Date.parse(String(run.state['committedAt'])) - lost.asked) / 1_000,
    volumes: {
      compared: details.length,
      equal: details.filter((v) => v.equal).length,
      bytes: details.reduce((sum, v) => sum + v.bytes, 0),
      details,
    },
    fields: receipt.totals,
    orphans: receipt.orphans.length + strangers.length,
    doubles: receipt.doubles.length,
    traceId: api.traceId,
    runs: [...lost.protects, run],
    receipt,
    guest: { writtenBeforePoint: lost.writtenBeforePoint, writtenBeforeLoss: lost.writtenBeforeLoss, resumedAt },
    primaryCalls: lost.primaryCalls,
    warnings: (run.state['warnings'] ?? []) as Report['warnings'],
    spans: await collectedSpans(stack, api.traceId),
  };
  return {
    ...report,
    problems: [...problemsOf(report), ...strangers.map((s) => `nothing accounts for ${s} in ${arena.recovery}`)],
  };
}

async function protectShop(
  api: LifeboatApi,
  arena: Arena,
  shop: Shop,
  wanted: { readonly points: number; readonly enough: () => boolean },
  progress: Progress,
): Promise<Pick<Lost, 'protects' | 'writtenBeforePoint'>> {
  await api.sites.put(arena.primary);
  await api.sites.put(arena.recovery);
  await api.policies.put({
    name: 'demo',
    rpoSeconds: 0,
    keepPoints: 2,
    rules: { drivers: [...arena.drivers], serverRoot: 'snapshot' },
  });
  const members = [
    ...Object.values(shop.servers).map((id) => ({ kind: 'server', id })),
    { kind: 'port', id: shop.ports.vip },
  ];
  await api.groups.put({
    groupId: GROUP,
    name: 'Shop',
    primary: arena.primary,
    recovery: arena.recovery,
    policy: 'demo',
    members: { ids: members },
  });
  const protects: RunDetail[] = [];
  let writtenBeforePoint: number | undefined;
  for (let n = 1; n <= wanted.points || !wanted.enough(); n++) {
    writtenBeforePoint = await arena.guestCounter(shop);
    progress.say(`recovery point ${n}; db-1 has written ${writtenBeforePoint ?? 'nothing'} by now`);
    const { runId } = await api.points.request(GROUP, newId(), `point ${n} of the demo`);
    protects.push(await follow(api, runId, progress));
    await pause(WRITE_MS);
  }
  return { protects, writtenBeforePoint };
}

/** Follows a run to its end, saying each step; throws when it did not complete. */
async function follow(api: LifeboatApi, runId: string, progress: Progress): Promise<RunDetail> {
  const said = new Set<string>();
  const seen = ({ kind, steps }: RunDetail): void => {
    for (const step of steps) {
      if (step.state !== 'done' || !step.startedAt || said.has(step.name)) continue;
      said.add(step.name);
      progress.say(`${kind}: ${step.name} (${took(step.startedAt, step.endedAt)})`);
    }
  };
  const run = await runOver(api, runId, { timeoutMs: RUN_MS, everyMs: 200, seen });
  if (run.outcome === 'completed') return run;
  const failed = run.steps.find((step) => step.error);
  throw external(
    'demo-run-failed',
    `${run.kind} ended ${run.outcome}: ${failed?.name ?? ''}: ${failed?.error?.message ?? run.error?.message ?? 'no reason given'}`,
    {
      ...(failed?.error?.mend && { mend: failed.error.mend }),
    },
  );
}

const took = (from: string | undefined, to: string | undefined): string =>
  from && to ? `${((Date.parse(to) - Date.parse(from)) / 1_000).toFixed(1)} s` : '';

async function proofOf(api: LifeboatApi, shop: Shop, run: RunDetail): Promise<Proof> {
  const point = await api.points.get(String(run.state['point']));
  const { entries } = await api.runs.ledger(run.runId);
  const points = await api.points.list(GROUP);
  // Replicas of all kept points stand in the recovery cloud by design: images as such, and image-borne replicas of disks.
  const replicaImages = points.flatMap((p) => [
    ...p.images.map((image) => image.targetId),
    ...p.disks.map((d) => (d.replica as { imageId?: string } | null)?.imageId ?? ''),
  ]);
  return { shop, point, run, ledger: entries, replicaImages };
}

/** Services write their spans with a short delay. */
async function collectedSpans(stack: Stack, traceId: string): Promise<Report['spans']> {
  await pause(1_000);
  return spansOf(stack.tracesDir, traceId);
}
