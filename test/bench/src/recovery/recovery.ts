import { loadavg } from 'node:os';
import { atLeast, atMost } from '../axis.ts';
import type { Result } from '../axis.ts';
import { RecoveryArena } from './arena.ts';
import type { Logged, Recovery } from './arena.ts';
import type { Pace } from './pace.ts';
import { stepsPerSecond } from './steps-per-second.ts';
import type { Steps } from './steps-per-second.ts';

const SIZES = [10, 100, 1_000] as const;
/** Of recovery-execution, at one run. */
const PROCESSES = 2;
const SHARED_SIZE = 100;
/** As clouds are: a call takes 100 ms, a server boots for 20 s, and each service takes 20 calls a second. */
const PACE: Pace = { latencyMs: 100, bootMs: 20_000, perSecond: 20 };
const BARS = { ofBound: 1.05, coordinator: 0.01, timesPeer: 3 } as const;

/**
 * Unplanned failovers of 10, 100 and 1,000 servers into a simulated cloud with a latency and a rate limit, beside what nobody can go below (`boundsOf`): what must
 * be done one after the other, what the limit makes of the calls that change something, and both together. And the steps a second of the saga service beside
 * those of DBOS Transact. `--servers=10,100`: these alone.
 */
export async function recovery(
  say: (what: string) => void,
  { servers: only }: Readonly<Record<string, string>>,
): Promise<Result> {
  const sized: Sized[] = [];
  for (const servers of only?.split(',').map(Number) ?? SIZES)
    sized.push({ servers, of: await recovered(servers, say) });
  if (only !== undefined) return { axis: 'recovery', ...ofSizes(sized) };
  const [shared, steps] = [await recovered(SHARED_SIZE, say, PROCESSES), await stepsPerSecond(say)];
  return resultOf(ofSizes(sized), shared, steps);
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
    const { bounds } = done;
    say(
      `  model: ${bounds.entities} entities; critical path ${bounds.criticalPath.toFixed(1)} s (${bounds.chain.join(' > ')}); limit ${bounds.limit.toFixed(1)} s, both ${bounds.both.toFixed(1)} s (${told(bounds.changes)}); coordinator ${done.coordinatorCpuSeconds.toFixed(2)} s`,
    );
    for (const { name, seconds } of done.steps) if (seconds >= 0.05) say(`  ${name}: ${seconds.toFixed(1)} s`);
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

/** By what is said of a single bound, whichever is larger. */
const largerOf = ({ bounds }: Recovery): number => Math.max(bounds.criticalPath, bounds.limit);
const wall = (of: Recovery): number => of.seconds / of.bounds.both;

function ofSizes(sized: readonly Sized[]): Omit<Result, 'axis'> {
  const each = (what: string, value: (of: Recovery) => number): Readonly<Record<string, number>> =>
    Object.fromEntries(sized.map(({ servers, of }) => [`${what}, ${servers} servers`, rounded(value(of))]));
  const coordinator = (of: Recovery): number => of.coordinatorCpuSeconds / of.seconds;
  const barred = (what: string, value: (of: Recovery) => number, most: number) =>
    Object.fromEntries(Object.entries(each(what, value)).map(([name, of]) => [name, atMost(of, most)]));
  return {
    ours: {
      ...each('critical path, s', ({ bounds }) => bounds.criticalPath),
      ...each('API limit, s', ({ bounds }) => bounds.limit),
      ...each('both together, s', ({ bounds }) => bounds.both),
      ...each('s', ({ seconds }) => seconds),
      ...each('recreation, s', ({ recreating }) => recreating),
      ...each('calls', ({ calls }) => calls.length),
      ...each('calls refused', ({ refused }) => refused),
    },
    peers: {},
    ratios: {
      ...each('wall / both together', wall),
      ...each('recreation / both together', (of) => of.recreating / of.bounds.both),
      ...each('wall / larger of path and limit', (of) => of.seconds / largerOf(of)),
      ...each('coordinator / wall', coordinator),
    },
    bars: {
      ...barred('wall / both together', wall, BARS.ofBound),
      ...barred('coordinator / wall', coordinator, BARS.coordinator),
    },
  };
}

function resultOf({ ours, ratios, bars }: Omit<Result, 'axis'>, shared: Recovery, steps: Steps): Result {
  const of = `${SHARED_SIZE} servers by ${PROCESSES} processes`;
  const times = steps.peer === undefined ? undefined : rounded(steps.ours / steps.peer);
  return {
    axis: 'recovery',
    ours: {
      ...ours,
      [`s, ${of}`]: rounded(shared.seconds),
      [`calls refused, ${of}`]: shared.refused,
      'saga steps/s': Math.round(steps.ours),
    },
    peers: steps.peer === undefined ? {} : { 'DBOS Transact steps/s': Math.round(steps.peer) },
    ratios: {
      ...ratios,
      [`wall / both together, ${of}`]: rounded(wall(shared)),
      ...(times !== undefined && { 'saga / DBOS Transact, steps/s': times }),
    },
    bars: {
      ...bars,
      ...(times !== undefined && { 'saga / DBOS Transact, steps/s': atLeast(times, BARS.timesPeer) }),
    },
  };
}

const rounded = (value: number): number => Number(value.toFixed(3));
