import { openFile } from '@lifeboat/replication-blocks';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, atMost } from '../axis.ts';
import type { Bar, Result } from '../axis.ts';
import { Worker } from './carry.ts';
import { fillVolume, patterns } from './patterns.ts';
import { presentPeers } from './peers.ts';
import type { Pass, Peer } from './peers.ts';
import { isEqual } from './equal.ts';

const GIB = 1024 ** 3;
const SIZE = GIB / 4;
/** The same bytes in a volume so much larger, all the rest of which is a hole. */
const LARGER = 16 * SIZE;
const BARS = { wireFactor: 1.1, restic: 10, 'Cinder loop': 4, rssMiB: 220, growthMiB: 20 } as const;

interface Figures {
  readonly ours: Record<string, number>;
  readonly peers: Record<string, number>;
  readonly ratios: Record<string, number>;
  readonly bars: Record<string, Bar>;
}

/**
 * Differences found by hashes alone, where nobody has a list of them: ours, both ends, against what others spend of processor time for each byte of the
 * volume, and the bytes that travel (both ways) or are stored for each byte that was changed. One volume, all of them on it in turns.
 */
export async function blocks(say: (what: string) => void): Promise<Result> {
  const peers = presentPeers(say);
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-blocks-'));
  const figures: Figures = { ours: {}, peers: {}, ratios: {}, bars: {} };
  try {
    say('a volume of 256 MiB, and its first copy by each');
    await using worker = await workerOf(dir, 'small', SIZE);
    const { cpuSeconds } = await worker.carry('first');
    figures.ours['first copy, GB per CPU second'] = rate(cpuSeconds);
    for (const peer of peers)
      figures.peers[`first copy, ${peer.name}, GB per CPU second`] = rate(
        (await peer.pass(worker.source, dir)).cpuSeconds,
      );
    const peakMiB = await differences(worker, peers, dir, figures, say);
    say('a volume of 4 GiB');
    await memory(dir, peakMiB, figures);
    return { axis: 'blocks', ...figures };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function workerOf(dir: string, name: string, size: number): Promise<Worker> {
  const [source, target] = ['source', 'target'].map((end) => join(dir, `${name}-${end}.raw`)) as [string, string];
  for (const file of [source, target]) {
    writeFileSync(file, '');
    truncateSync(file, size);
  }
  await using device = await openFile(source, { writable: true });
  await fillVolume(device, SIZE);
  return new Worker(join(dir, name), source, target);
}

async function differences(
  worker: Worker,
  peers: readonly Peer[],
  dir: string,
  figures: Figures,
  say: (what: string) => void,
): Promise<number> {
  const lowest: Record<string, number> = {};
  let [peakMiB, equal] = [0, true];
  for (const [pattern, change] of Object.entries(patterns)) {
    const changed = await onDevice(worker.source, change);
    const own = await worker.carry(pattern.replaceAll(' ', '-'));
    peakMiB = own.peakMiB;
    equal &&= await isEqual(worker.source, worker.target);
    note(figures.ours, pattern, own, changed);
    if (pattern !== 'discard')
      figures.bars[`${pattern}, bytes both ways per changed byte`] = atMost(
        round(own.bytes / changed),
        BARS.wireFactor,
      );
    for (const { name, pass } of peers) {
      const other = await pass(worker.source, dir);
      note(figures.peers, `${pattern}, ${name}`, other, changed);
      const ratio = round(other.cpuSeconds / own.cpuSeconds);
      figures.ratios[`${pattern}, ours / ${name}, per CPU second`] = ratio;
      lowest[name] = Math.min(lowest[name] ?? Infinity, ratio);
    }
    say(`${pattern}: ${rate(own.cpuSeconds)} GB per CPU second`);
  }
  for (const name of ['restic', 'Cinder loop'] as const)
    if (lowest[name] !== undefined)
      figures.bars[`times ${name} per CPU second, the least of all patterns`] = atLeast(lowest[name], BARS[name]);
  figures.bars['replica equal after every pattern'] = atLeast(equal ? 1 : 0, 1);
  return peakMiB;
}

function note(into: Record<string, number>, what: string, { cpuSeconds, bytes }: Pass, changed: number): void {
  into[`${what}, GB per CPU second`] = rate(cpuSeconds);
  into[`${what}, bytes per changed byte`] = round(bytes / changed);
}

/** Another worker, so that its peak is its own. */
async function memory(dir: string, smaller: number, { ours, bars }: Figures): Promise<void> {
  await using worker = await workerOf(dir, 'large', LARGER);
  await worker.carry('first');
  await onDevice(worker.source, patterns['4K random']);
  const { peakMiB } = await worker.carry('second');
  ours['peak of memory of both ends in one process, 256 MiB, MiB'] = Math.round(smaller);
  ours['peak of memory of both ends in one process, 4 GiB, MiB'] = Math.round(peakMiB);
  bars['peak of memory, MiB'] = atMost(Math.round(Math.max(smaller, peakMiB)), BARS.rssMiB);
  bars['more of it for 16 times the volume, MiB'] = atMost(Math.round(peakMiB - smaller), BARS.growthMiB);
}

async function onDevice(path: string, change: (typeof patterns)[string] | undefined): Promise<number> {
  await using device = await openFile(path, { writable: true });
  const changed = (await change?.(device)) ?? 0;
  await device.flush();
  return changed;
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
const rate = (seconds: number): number => round(SIZE / 1e9 / seconds);
