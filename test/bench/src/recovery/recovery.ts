import { atMost } from '../axis.ts';
import type { Result } from '../axis.ts';
import { RecoveryArena } from './arena.ts';
import type { Pace, Recovery } from './arena.ts';

const SIZES = [10, 100, 1_000] as const;
const PACE: Pace = { latencyMs: 50, perSecond: 50 };
const BARS = { ofBound: 1.05, coordinator: 0.01 } as const;

/**
 * Unplanned failovers of 10, 100 and 1,000 servers into a simulated cloud with a latency and a rate limit, beside the larger of two bounds that nobody can go
 * below: what the cloud's limit makes of the calls, and the way of one server alone (all that depends on something, in turn) with the limit away.
 */
export async function recovery(say: (what: string) => void): Promise<Result> {
  const alone = await recovered(1, { ...PACE, perSecond: 0 }, say);
  const sized: (readonly [number, Recovery])[] = [];
  for (const servers of SIZES) sized.push([servers, await recovered(servers, PACE, say)]);
  return resultOf(alone, sized);
}

async function recovered(servers: number, pace: Pace, say: (what: string) => void): Promise<Recovery> {
  say(`${servers} servers: protecting`);
  const arena = await RecoveryArena.start(servers);
  try {
    say(`${servers} servers: recovering`);
    const done = await arena.recover(pace);
    const busiest = [...done.calls].map(([service, calls]) => `${service} ${calls}`).join(', ');
    say(
      `${servers} servers: ${done.seconds.toFixed(1)} s; ${done.entities} entities; calls: ${busiest}; refused ${done.refused}`,
    );
    for (const { name, seconds } of done.steps) if (seconds >= 1) say(`  ${name}: ${seconds.toFixed(1)} s`);
    return done;
  } finally {
    await arena.stop();
  }
}

/** Each service has a limit of its own, and lets a second's worth of calls through at once before it holds. */
const limitBound = ({ calls }: Recovery): number => Math.max(...calls.values()) / PACE.perSecond - 1;

function resultOf(alone: Recovery, sized: readonly (readonly [number, Recovery])[]): Result {
  const bound = (of: Recovery): number => Math.max(alone.seconds, limitBound(of));
  const rounded = (value: number): number => Number(value.toFixed(3));
  const each = (what: string, value: (of: Recovery) => number): Readonly<Record<string, number>> =>
    Object.fromEntries(sized.map(([servers, of]) => [`${what}, ${servers} servers`, rounded(value(of))]));
  return {
    axis: 'recovery',
    ours: { 'one server alone, s': alone.seconds, ...each('s', ({ seconds }) => seconds) },
    peers: each('bound, s', bound),
    ratios: {
      ...each('wall / bound', (of) => of.seconds / bound(of)),
      ...each('coordinator / wall', (of) => of.coordinatorCpuSeconds / of.seconds),
    },
    bars: Object.fromEntries(
      sized.flatMap(([servers, of]) => [
        [`wall / bound, ${servers} servers`, atMost(rounded(of.seconds / bound(of)), BARS.ofBound)],
        [
          `coordinator / wall, ${servers} servers`,
          atMost(rounded(of.coordinatorCpuSeconds / of.seconds), BARS.coordinator),
        ],
      ]),
    ),
  };
}
