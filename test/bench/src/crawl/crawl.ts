import { atLeast, atMost } from '../axis.ts';
import type { Result } from '../axis.ts';
import { callsIn, readAlone } from './api-alone.ts';
import type { Logged } from './api-alone.ts';
import { CrawlArena } from './arena.ts';
import type { Crawl } from './arena.ts';
import { between, contentOf, writtenSoFar } from './rows-written.ts';
import type { Written } from './rows-written.ts';

/** Each with two ports and one and a half volumes. */
const SERVERS = 10_000;
const RESOURCES = 4.5 * SERVERS;
/** As many lists as a crawl reads at a time. */
const LISTS_AT_ONCE = 4;
const PAIRS = 7;
const BARS = { callsPerResource: 0.005, peakMiB: 240, growthMiB: 20, ofApiAlone: 0.9, rowsWritten: 0 } as const;

interface Sized {
  readonly first: Crawl;
  readonly unchanged: Crawl;
}

/**
 * Crawls of a project of 10,000 servers by the service itself: how many calls, how much memory (beside that for half the size, in a fresh process), how fast
 * beside a reader that does nothing but read the same pages, and what an unchanged crawl writes.
 */
export async function crawl(say: (what: string) => void): Promise<Result> {
  say('a project of half the size');
  const half = await inArena(SERVERS / 2, async (_arena, sized) => sized);
  say('the whole project');
  return inArena(SERVERS, async (arena, full) => {
    const calls = await callsOf(arena, full.unchanged);
    const pairs = await paired(arena, listsOf(calls), say);
    say('what an unchanged crawl writes');
    const before = await writtenSoFar(arena.db, 'capture');
    await arena.crawlAgain();
    const written = between(before, await writtenSoFar(arena.db, 'capture'));
    return resultOf({ half, full, calls: calls.length, pairs, written });
  });
}

async function inArena<T>(servers: number, measure: (arena: CrawlArena, sized: Sized) => Promise<T>): Promise<T> {
  const arena = await CrawlArena.start();
  try {
    await arena.watch();
    await arena.grow(servers);
    const first = await arena.crawlAgain();
    return await measure(arena, { first, unchanged: await arena.crawlAgain() });
  } finally {
    await arena.stop();
  }
}

const callsOf = (arena: CrawlArena, { from, seconds }: Crawl): Promise<readonly Logged[]> =>
  callsIn(arena.cloud, from, new Date(from.getTime() + seconds * 1_000));

/** First pages of what was read; each list once. */
const listsOf = (calls: readonly Logged[]): readonly string[] => [
  ...new Set(calls.filter(({ method, path }) => method === 'GET' && !path.includes('marker=')).map(({ path }) => path)),
];

interface Pair {
  readonly alone: number;
  readonly crawl: Crawl;
}

/** In turns, so that both meet the same machine. */
async function paired(
  arena: CrawlArena,
  lists: readonly string[],
  say: (what: string) => void,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 1; round <= PAIRS; round++) {
    say(`the API alone, and a crawl: ${round} of ${PAIRS}`);
    pairs.push({ alone: await readAlone(arena.cloud, lists, LISTS_AT_ONCE), crawl: await arena.crawlAgain() });
  }
  return pairs;
}

interface Measured {
  readonly half: Sized;
  readonly full: Sized;
  readonly calls: number;
  readonly pairs: readonly Pair[];
  readonly written: Written;
}

function resultOf({ half, full, calls, pairs, written }: Measured): Result {
  const peak = ({ first, unchanged }: Sized): number => Math.round(Math.max(first.peakMiB, unchanged.peakMiB));
  const rate = (seconds: number): number => Math.round(RESOURCES / seconds);
  const alone = median(pairs.map((pair) => pair.alone));
  const ratio = rounded(median(pairs.map((pair) => pair.alone / pair.crawl.seconds)));
  const content = Object.values(contentOf(written)).reduce((sum, rows) => sum + rows, 0);
  return {
    axis: 'crawl',
    ours: {
      calls,
      'first crawl, resources/s': rate(full.first.seconds),
      'unchanged crawl, resources/s': rate(median(pairs.map((pair) => pair.crawl.seconds))),
      'unchanged crawl, resources per CPU second': rate(median(pairs.map((pair) => pair.crawl.cpuSeconds))),
      'peak MiB, half the size': peak(half),
      'peak MiB': peak(full),
      ...Object.fromEntries(
        Object.entries(written).map(([table, rows]) => [`rows of ${table}, unchanged crawl`, rows]),
      ),
    },
    peers: { 'the API alone, resources/s': rate(alone) },
    ratios: {
      'first crawl / API alone': rounded(alone / full.first.seconds),
      'unchanged crawl / API alone': ratio,
    },
    bars: {
      'calls per resource': atMost(rounded(calls / RESOURCES, 5), BARS.callsPerResource),
      'peak MiB': atMost(peak(full), BARS.peakMiB),
      'MiB more than for half the size': atMost(peak(full) - peak(half), BARS.growthMiB),
      'unchanged crawl / API alone': atLeast(ratio, BARS.ofApiAlone),
      'rows and messages written by an unchanged crawl': atMost(content, BARS.rowsWritten),
    },
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
