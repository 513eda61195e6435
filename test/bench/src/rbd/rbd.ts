import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, atMost } from '../axis.ts';
import type { Bar, Result } from '../axis.ts';
import { holdSame } from '../blocks/equal.ts';
import { fillVolume, patterns } from '../blocks/patterns.ts';
import type { Pattern } from '../blocks/patterns.ts';
import { ExportDiff, Ours } from './carriers.ts';
import type { Carrier } from './carriers.ts';
import { Image } from './images.ts';

const SIZE = 1024 ** 3;
const ROUNDS = 2;
const BARS = { time: 0.95, scatteredBytes: 0.1, wireFactor: 1.1 } as const;

interface Measured {
  seconds: number;
  bytes: number;
}

/**
 * The RBD path between two Ceph clusters, by what `rbd diff` tells and hashes inside it, against `rbd export-diff | rbd import-diff`: seconds from the
 * snapshot of the source to the same snapshot of the replica, programs' starts and all; in turns, who goes first changes with every round.
 */
export async function rbd(say: (what: string) => void): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-bench-rbd-'));
  try {
    await using source = await Image.create('primary', 'source', SIZE);
    await using theirs = await Image.create('recovery', 'export-diff', SIZE);
    await using own = await Image.create('recovery', 'ours', SIZE);
    say('an image of 1 GiB, and its first copy by each');
    await change(source, async (device) => fillVolume(device).then(() => 0));
    await source.snapshot('first');
    const arena = new Arena(source, new Ours(own, folder), new ExportDiff(theirs));
    await arena.point('first', 'first copy', 0);
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, pattern] of Object.entries(patterns)) say(await arena.round(name, pattern, round));
    return arena.result(await arena.isEqual());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Arena {
  private readonly measured = new Map<string, { ours: Measured; theirs: Measured; changed: number }>();
  private last: string | undefined;

  constructor(
    private readonly source: Image,
    private readonly ours: Carrier,
    private readonly theirs: Carrier,
  ) {}

  async round(name: string, pattern: Pattern, round: number): Promise<string> {
    const changed = await change(this.source, pattern);
    const point = `${name.replaceAll(' ', '-')}-${round}`;
    await this.source.snapshot(point);
    const [ours, theirs] = await this.point(point, name, changed, round % 2 === 1);
    return `${name}: ours ${ours.toFixed(2)} s, export-diff | import-diff ${theirs.toFixed(2)} s`;
  }

  /** Seconds of each. */
  async point(point: string, name: string, changed: number, theirsFirst = false): Promise<readonly [number, number]> {
    const of = this.measured.get(name) ?? { ours: nothing(), theirs: nothing(), changed: 0 };
    this.measured.set(name, of);
    of.changed += changed;
    const turns = [() => this.turn(this.ours, of.ours, point), () => this.turn(this.theirs, of.theirs, point)] as const;
    const seconds: [number, number] = [0, 0];
    for (const who of theirsFirst ? ([1, 0] as const) : ([0, 1] as const)) seconds[who] = await turns[who]();
    this.last = point;
    return seconds;
  }

  async isEqual(): Promise<boolean> {
    await using source = await this.source.open(this.last);
    await using ours = await this.ours.target.open(this.last);
    await using theirs = await this.theirs.target.open(this.last);
    return (await holdSame(source, ours)) && (await holdSame(source, theirs));
  }

  result(equal: boolean): Result {
    const [own, peers, ratios]: Record<string, number>[] = [{}, {}, {}];
    const bars: Record<string, Bar> = {};
    let least = Infinity;
    for (const [name, { ours, theirs, changed }] of this.measured) {
      Object.assign(own ?? {}, {
        [`${name}, s`]: round(ours.seconds),
        [`${name}, MB both ways`]: round(ours.bytes / 1e6),
      });
      Object.assign(peers ?? {}, {
        [`${name}, export-diff | import-diff, s`]: round(theirs.seconds),
        [`${name}, export-diff, MB`]: round(theirs.bytes / 1e6),
      });
      const ratio = round(theirs.seconds / ours.seconds);
      Object.assign(ratios ?? {}, {
        [`${name}, times as fast as export-diff | import-diff`]: ratio,
        [`${name}, of its bytes`]: round(ours.bytes / theirs.bytes),
      });
      if (changed === 0) continue;
      least = Math.min(least, ratio);
      if (name !== 'discard')
        bars[`${name}, bytes per changed byte`] = atMost(round(ours.bytes / changed), BARS.wireFactor);
      if (name === '4K random')
        bars['4K random, of the bytes of export-diff'] = atMost(round(ours.bytes / theirs.bytes), BARS.scatteredBytes);
    }
    bars['times as fast as export-diff | import-diff, the least of all patterns'] = atLeast(least, BARS.time);
    bars['replicas equal at the end'] = atLeast(equal ? 1 : 0, 1);
    return { axis: 'rbd', ours: own ?? {}, peers: peers ?? {}, ratios: ratios ?? {}, bars };
  }

  private async turn(carrier: Carrier, into: Measured, point: string): Promise<number> {
    const began = performance.now();
    await carrier.carry(this.source, this.last, point);
    const seconds = (performance.now() - began) / 1_000;
    into.seconds += seconds;
    into.bytes += await carrier.bytes(this.source, this.last, point);
    return seconds;
  }
}

const nothing = (): Measured => ({ seconds: 0, bytes: 0 });

async function change(image: Image, pattern: Pattern): Promise<number> {
  await using device = await image.open();
  const changed = await pattern(device);
  await device.flush();
  return changed;
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
