import { loadavg } from 'node:os';
import { atLeast, atMost } from '../axis.ts';
import type { Result } from '../axis.ts';
import { RecoveryArena } from './arena.ts';
import type { Logged, Pace, Recovery } from './arena.ts';
import { stepsPerSecond } from './steps-per-second.ts';
import type { Steps } from './steps-per-second.ts';

const SIZES = [10, 100, 1_000] as const;
/** Of recovery-execution, at one run. */
const PROCESSES = 2;
const SHARED_SIZE = 100;
/** As clouds are: a call takes 100 ms, a server boots for 20 s, and each service takes 20 calls a second. */
const PACE: Pace = { latencyMs: 100, bootMs: 20_000, perSecond: 20 };
/**
 * The longest chain of the build order, in calls: network, subnet (each made and tagged), port, server (its flavor looked up, made, looked at), and the port's
 * two last touches.
 */
const CALLS_IN_TURN = 2 + 2 + 1 + 3 + 2;
const BARS = { ofBound: 1.05, coordinator: 0.01, timesPeer: 3 } as const;

/**
 * Unplanned failovers of 10, 100 and 1,000 servers into a simulated cloud with a latency and a rate limit, beside the larger of two bounds that nobody can go
 * below: what must be done one after the other, and what the limit makes of the calls that change something. And the steps a second of the saga service beside
 * those of DBOS Transact.
 */
export async function recovery(say: (what: string) => void): Promise<Result> {
  const steps = await stepsPerSecond(say);
  const sized: Sized[] = [];
  for (const servers of SIZES) sized.push({ servers, of: await recovered(servers, say) });
  return resultOf(steps, sized, await recovered(SHARED_SIZE, say, PROCESSES));
}

interface Sized {
  readonly servers: number;
  readonly of: Recovery;
}

async function recovered(servers: number, say: (what: string) => void, processes = 1): Promise<Recovery> {
  say(`${servers} servers, ${processes} at it: protecting`);
  const arena = await RecoveryArena.start(servers, PACE, processes);
  try {
    say(`${servers} servers: recovering (load ${loadavg()[0]?.toFixed(1)})`);
    const done = await arena.recover(PACE);
    const { reads, changes } = countsOf(done.calls);
    say(
      `${servers} servers: ${done.seconds.toFixed(1)} s, recreating ${done.recreating.toFixed(1)} s; ${done.entities} entities; changes ${told(changes)}; reads ${told(reads)}; refused ${done.refused}`,
    );
    for (const { name, seconds } of done.steps) if (seconds >= 0.3) say(`  ${name}: ${seconds.toFixed(1)} s`);
    return done;
  } finally {
    await arena.stop();
  }
}

const told = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([service, calls]) => `${service} ${calls}`).join(', ');

/** By service, as far as they were not refused. */
function countsOf(calls: readonly Logged[]) {
  const taken = calls.filter(({ status }) => status < 400);
  const count = (of: readonly Logged[]): ReadonlyMap<string, number> =>
    new Map([...Map.groupBy(of, ({ path }) => path.split('/')[1] ?? '')].map(([name, all]) => [name, all.length]));
  return {
    reads: count(taken.filter(({ method }) => method === 'GET')),
    changes: count(taken.filter(({ method }) => method !== 'GET')),
  };
}

/** Each service has a limit of its own, and lets a second's worth of calls through at once before it holds. */
const limitBound = ({ calls }: Recovery): number => Math.max(...countsOf(calls).changes.values()) / PACE.perSecond - 1;

const CRITICAL_PATH = (CALLS_IN_TURN * PACE.latencyMs + PACE.bootMs) / 1_000;
const boundOf = (of: Recovery): number => Math.max(CRITICAL_PATH, limitBound(of));

function resultOf(steps: Steps, sized: readonly Sized[], shared: Recovery): Result {
  const each = (what: string, value: (of: Recovery) => number): Readonly<Record<string, number>> =>
    Object.fromEntries(sized.map(({ servers, of }) => [`${what}, ${servers} servers`, rounded(value(of))]));
  const wall = (of: Recovery): number => of.seconds / boundOf(of);
  const coordinator = (of: Recovery): number => of.coordinatorCpuSeconds / of.seconds;
  const barred = (what: string, value: (of: Recovery) => number, most: number) =>
    Object.fromEntries(Object.entries(each(what, value)).map(([name, of]) => [name, atMost(of, most)]));
  const times = steps.peer === undefined ? undefined : rounded(steps.ours / steps.peer);
  return {
    axis: 'recovery',
    ours: {
      'critical path, s': CRITICAL_PATH,
      ...each('bound, s', boundOf),
      ...each('s', ({ seconds }) => seconds),
      ...each('calls refused', ({ refused }) => refused),
      [`s, ${SHARED_SIZE} servers by ${PROCESSES} processes`]: rounded(shared.seconds),
      [`calls refused, ${SHARED_SIZE} servers by ${PROCESSES} processes`]: shared.refused,
      'saga steps/s': Math.round(steps.ours),
    },
    peers: steps.peer === undefined ? {} : { 'DBOS Transact steps/s': Math.round(steps.peer) },
    ratios: {
      ...each('wall / bound', wall),
      [`wall / bound, ${SHARED_SIZE} servers by ${PROCESSES} processes`]: rounded(wall(shared)),
      ...each('recreation / bound', (of) => of.recreating / boundOf(of)),
      ...each('coordinator / wall', coordinator),
      ...(times !== undefined && { 'saga / DBOS Transact, steps/s': times }),
    },
    bars: {
      ...barred('wall / bound', wall, BARS.ofBound),
      ...barred('coordinator / wall', coordinator, BARS.coordinator),
      ...(times !== undefined && { 'saga / DBOS Transact, steps/s': atLeast(times, BARS.timesPeer) }),
    },
  };
}

const rounded = (value: number): number => Number(value.toFixed(3));
