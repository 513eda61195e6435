import { unavailable } from '@lifeboat/kernel';
import { hasRabbitmq } from '@lifeboat/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { atMost } from '../axis.ts';
import type { Result } from '../axis.ts';
import { changesOf } from './changes.ts';
import { NormalLoad } from './normal-load.ts';
import { NotifiedProject } from './notified-project.ts';

const SERVERS = 1_000;
const ROUNDS = 10;
const BETWEEN_MS = 500;
const BAR_S = 2;

/**
 * How long it takes until what a notification tells of is in the store: from its publication at the site's RabbitMQ, over bridge, JetStream and a reading of
 * the entity by API, to the version in PostgreSQL; in a project of 1,000 servers under the load that `NormalLoad` describes.
 */
export async function freshness(say: (what: string) => void): Promise<Result> {
  if (!hasRabbitmq())
    throw unavailable('rabbitmq-missing', 'Notifications come from a RabbitMQ, and none is installed.', {
      mend: 'apt-get install rabbitmq-server',
    });
  const project = await NotifiedProject.start(SERVERS);
  const load = await NormalLoad.start(project);
  try {
    const seconds = new Map<string, number[]>();
    const changes = await changesOf(project.cloud, project.shop);
    for (let round = 1; round <= ROUNDS; round++) {
      say(`round ${round} of ${ROUNDS}`);
      for (const { what, make } of changes) {
        const took = await project.secondsUntilStored(await make(round));
        seconds.set(what, [...(seconds.get(what) ?? []), took]);
        await pause(BETWEEN_MS);
      }
    }
    return resultOf(seconds, load.sent / load.seconds);
  } finally {
    await load.stop();
    await project.stop();
  }
}

function resultOf(seconds: ReadonlyMap<string, readonly number[]>, perSecond: number): Result {
  const each = [...seconds].map(([what, all]) => ({ what, p50: median(all), worst: Math.max(...all) }));
  return {
    axis: 'freshness',
    ours: {
      'other notifications a second': rounded(perSecond),
      ...Object.fromEntries(each.map(({ what, p50 }) => [`${what}, median s`, rounded(p50)])),
    },
    peers: {},
    ratios: {},
    bars: Object.fromEntries(
      each.map(({ what, worst }) => [`${what}, worst of ${ROUNDS}, s`, atMost(rounded(worst), BAR_S)]),
    ),
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number): number => Number(value.toFixed(2));
