import { newHashKey, openFile, send, serveSession, streamPair } from '@lifeboat/replication-blocks';
import type { Sent } from '@lifeboat/replication-blocks';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, atMost } from '../axis.ts';
import type { Bar, Result } from '../axis.ts';
import { cinderLoop } from './cinder-loop.ts';
import { makeVolume, patterns } from './patterns.ts';

const SIZE = 256 * 1024 ** 2;
const BARS = { wireFactor: 1.1, restic: 10, cinder: 4, rssMiB: 220 } as const;

interface Bench {
  readonly dir: string;
  readonly source: string;
  readonly target: string;
  readonly key: Buffer;
}

/** Seconds of processor time, of this process, that a piece of work took. */
async function cpuOf<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}

/** Both ends in this process, without a list of changes: found by hashes alone. */
async function carry({ dir, source, target, key }: Bench, transfer: string, base: string | undefined): Promise<Sent> {
  const [sender, receiver] = streamPair();
  const stop = new AbortController();
  const serving = serveSession(receiver, {
    folder: join(dir, 'target'),
    grant: async () => ({
      device: await openFile(target, { writable: true }),
      ...(base === undefined && { dirty: [] }),
    }),
    signal: stop.signal,
  });
  await using device = await openFile(source);
  const sent = await send({
    device,
    stream: sender,
    opening: { volume: 'replica', transfer, key, thorough: false, ...(base !== undefined && { base }) },
    folder: join(dir, 'source'),
    name: 'disk',
    pace: async () => undefined,
    moved: () => undefined,
    signal: stop.signal,
    sliceMs: Infinity,
  });
  await serving;
  return sent;
}

/** restic by its own account of processor time; `undefined` where it is not installed. */
function resticSeconds(dir: string, source: string): number | undefined {
  const env = {
    ...process.env,
    RESTIC_PASSWORD: 'bench',
    RESTIC_REPOSITORY: join(dir, 'restic'),
    GOMAXPROCS: '1',
    TIMEFORMAT: '%U %S',
  };
  const run = (command: string): string =>
    execFileSync('bash', ['-c', `{ time restic ${command} >/dev/null 2>/dev/null; } 2>&1`], { env, encoding: 'utf8' });
  try {
    execFileSync('restic', ['version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  if (!existsSync(join(dir, 'restic'))) run('init');
  const [user = 0, system = 0] = run(`backup --force ${source}`).trim().split(' ').map(Number);
  return user + system;
}

/** Differences found by hashes, against the loop of cinder-backup (emulated) and restic, per second of processor time, and the bytes that travel. */
export async function blocks(say: (what: string) => void): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-blocks-'));
  const bench = { dir, source: join(dir, 'source.raw'), target: join(dir, 'target.raw'), key: newHashKey() };
  try {
    say('a volume of 256 MiB, and its first copy');
    await makeVolume(bench.source, SIZE);
    writeFileSync(bench.target, '');
    truncateSync(bench.target, SIZE);
    const first = await cpuOf(() => carry(bench, 'first', undefined));
    const loop = await cinderLoop(bench.source, []);
    resticSeconds(dir, bench.source);
    return await differences(bench, { first, digests: loop.digests }, say);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Begun {
  readonly first: { readonly result: Sent; readonly seconds: number };
  readonly digests: readonly string[];
}

async function differences(bench: Bench, { first, digests }: Begun, say: (what: string) => void): Promise<Result> {
  const ours: Record<string, number> = { 'first copy, GB per CPU second': rate(first.seconds) };
  const peers: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  const bars: Record<string, Bar> = {};
  let base = first.result.root;
  let before = digests;
  for (const [name, change] of Object.entries(patterns)) {
    say(name);
    const changed = await change(bench.source, SIZE);
    const { result, seconds } = await cpuOf(() => carry(bench, name.replaceAll(' ', '-'), base));
    base = result.root;
    const factor = round((result.bytes + result.received) / changed);
    ours[`${name}, GB per CPU second`] = rate(seconds);
    ours[`${name}, bytes both ways per changed byte`] = factor;
    if (name !== 'discard') bars[`${name}, bytes per changed byte`] = atMost(factor, BARS.wireFactor);
    const loop = await cpuOf(() => cinderLoop(bench.source, before));
    before = loop.result.digests;
    peers[`${name}, Cinder loop (emulated), GB per CPU second`] = rate(loop.seconds);
    peers[`${name}, Cinder loop (emulated), bytes per changed byte`] = round(loop.result.bytes / changed);
    if (name === '4K random') compare(bench, seconds, loop.seconds, { peers, ratios, bars });
  }
  const equal = readsEqual(bench);
  bars['replica equals the volume'] = atLeast(equal ? 1 : 0, 1);
  bars['memory of both ends in one process, MiB'] = atMost(
    Math.round(process.resourceUsage().maxRSS / 1024),
    BARS.rssMiB,
  );
  return { axis: 'blocks', ours, peers, ratios, bars };
}

function compare(
  { dir, source }: Bench,
  seconds: number,
  loop: number,
  { peers, ratios, bars }: { peers: Record<string, number>; ratios: Record<string, number>; bars: Record<string, Bar> },
): void {
  ratios['4K random, ours / Cinder loop (emulated), per CPU'] = round(loop / seconds);
  bars['4K random, times the Cinder loop (emulated)'] = atLeast(round(loop / seconds), BARS.cinder);
  const restic = resticSeconds(dir, source);
  if (restic === undefined) return;
  peers['4K random, restic, GB per CPU second'] = rate(restic);
  ratios['4K random, ours / restic, per CPU'] = round(restic / seconds);
  bars['4K random, times restic'] = atLeast(round(restic / seconds), BARS.restic);
}

function readsEqual({ source, target }: Bench): boolean {
  try {
    execFileSync('cmp', ['-s', source, target]);
    return true;
  } catch {
    return false;
  }
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
const rate = (seconds: number): number => round(SIZE / 1e9 / seconds);
