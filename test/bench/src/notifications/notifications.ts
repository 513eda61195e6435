import { unavailable } from '@lifeboat/kernel';
import { hasRabbitmq } from '@lifeboat/testing';
import { atLeast, atMost } from '../axis.ts';
import type { Result } from '../axis.ts';
import { NotificationArena } from './arena.ts';
import { bridge, ceilometer, listener } from './consumers.ts';
import type { Consumer } from './consumers.ts';

const COUNT = 100_000;
/** Of this one's so many are enough to see its pace, and a round is not all its. */
const FEWER: ReadonlyMap<Consumer, number> = new Map([[ceilometer, 30_000]]);
const ROUNDS = 3;
const STEADY = { perSecond: 1_000, warmUpSeconds: 5, seconds: 20 } as const;
const STEADY_ROUNDS = 5;
const BARS = { perSecond: 10_000, ofCeilometer: 5, ofListener: 1.5, p99Ms: 10, doubles: 0 } as const;
const CONSUMERS = [bridge, listener, ceilometer] as const;

/**
 * How fast notifications are taken from a RabbitMQ: the bridge, ceilometer's agent (publishing an event of each) and a bare listener of oslo.messaging
 * empty the same queue's worth on the same core, with the same prefetch, in turns; and how long one takes from the broker to JetStream at a steady rate.
 */
export async function notifications(say: (what: string) => void): Promise<Result> {
  const missing = [
    ...(hasRabbitmq() ? [] : ['apt-get install rabbitmq-server']),
    ...CONSUMERS.flatMap((one) => one.missing ?? []),
  ];
  if (missing.length > 0)
    throw unavailable('peers-missing', 'What the bridge is measured beside is not installed.', {
      mend: missing.join('; '),
    });
  const arena = await NotificationArena.start();
  try {
    for (const consumer of CONSUMERS) await arena.layOut(consumer);
    const ages = await steadily(arena, say);
    const rates = await inTurns(arena, say);
    return resultOf(ages, rates, await arena.doubles());
  } finally {
    await arena.stop();
  }
}

/** What each round's notifications took: which of a hundred is the last differs from one round to the next. */
async function steadily(
  arena: NotificationArena,
  say: (what: string) => void,
): Promise<readonly (readonly number[])[]> {
  const rounds: (readonly number[])[] = [];
  for (let round = 1; round <= STEADY_ROUNDS; round++) {
    const ages = await arena.latencies({ ...STEADY, round });
    rounds.push(ages);
    say(
      `${STEADY.perSecond} a second, ${round} of ${STEADY_ROUNDS}: p50 ${rounded(quantile(ages, 0.5))} ms, p99 ${rounded(quantile(ages, 0.99))} ms`,
    );
  }
  return rounds;
}

type Rates = ReadonlyMap<Consumer, readonly number[]>;

async function inTurns(arena: NotificationArena, say: (what: string) => void): Promise<Rates> {
  const rates = new Map<Consumer, number[]>(CONSUMERS.map((one) => [one, []]));
  for (let round = 1; round <= ROUNDS; round++)
    for (const [consumer, measured] of rates) {
      const rate = await arena.drain(consumer, FEWER.get(consumer) ?? COUNT, round);
      measured.push(rate);
      say(`round ${round} of ${ROUNDS}: ${consumer.name}, ${Math.round(rate)} a second`);
    }
  return rates;
}

function resultOf(ages: readonly (readonly number[])[], rates: Rates, doubles: number): Result {
  const rate = (of: Consumer): number => Math.round(quantile(rates.get(of) ?? [], 0.5));
  const ofRounds = (q: number): readonly number[] => ages.map((round) => rounded(quantile(round, q)));
  const [p50s, p99s] = [ofRounds(0.5), ofRounds(0.99)];
  const p99 = quantile(p99s, 0.5);
  const ofCeilometer = rounded(rate(bridge) / rate(ceilometer));
  const ofListener = rounded(rate(bridge) / rate(listener));
  return {
    axis: 'notifications',
    ours: {
      'bridge, notifications/s': rate(bridge),
      [`p50 ms at ${STEADY.perSecond}/s`]: quantile(p50s, 0.5),
      [`p99 ms at ${STEADY.perSecond}/s`]: p99,
      'p99 ms, best round': Math.min(...p99s),
      'p99 ms, worst round': Math.max(...p99s),
    },
    peers: {
      'ceilometer-agent-notification, notifications/s': rate(ceilometer),
      'bare oslo.messaging listener, notifications/s': rate(listener),
    },
    ratios: { 'bridge / ceilometer': ofCeilometer, 'bridge / listener': ofListener },
    bars: {
      'notifications/s on one core': atLeast(rate(bridge), BARS.perSecond),
      'bridge / ceilometer': atLeast(ofCeilometer, BARS.ofCeilometer),
      'bridge / listener': atLeast(ofListener, BARS.ofListener),
      'p99 ms from broker to JetStream': atMost(p99, BARS.p99Ms),
      'stored twice': atMost(doubles, BARS.doubles),
    },
  };
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(Math.floor(values.length * q), values.length - 1)] ?? Number.NaN;
const rounded = (value: number): number => Number(value.toFixed(1));
