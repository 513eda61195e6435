import type { SparseDisk } from '../bytes/sparse-disk.ts';

/** The first bytes of a bootable guest image; a disk that begins so runs the guest when its server starts. */
const bootMagic = 'lifeboat-guest v1';
const dataMagic = 'lifeboat-data v1';

const headAt = 64 * 1024;
const ringAt = headAt + 4096;
const ringRecords = 1024;
const recordBytes = 64;
/** Random blocks are rewritten from here on. */
const noiseAt = 256 * 1024;
const noiseBytes = 16 * 1024 * 1024;

const padded = (text: string, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  bytes.write(text.slice(0, length - 1));
  return bytes;
};

const firstLine = (bytes: Buffer): string => bytes.toString('latin1').split(/[\n\0]/, 1)[0] ?? '';

export const bootBlock = (everyMs: number): Buffer => padded(`${bootMagic} everyMs=${everyMs}\n`, 4096);

/** How often the guest on this boot disk writes; undefined when there is no guest on it. */
export async function guestOn(disk: SparseDisk): Promise<number | undefined> {
  const line = firstLine(await disk.read(0, 128));
  if (!line.startsWith(bootMagic)) return undefined;
  return Number(/everyMs=(\d+)/.exec(line)?.[1] ?? 0);
}

/** Puts the data disk's format on a blank one, as the guest's mkfs would; a disk with something else on it is left alone. */
export async function prepareDataDisk(disk: SparseDisk): Promise<'mounted' | 'formatted' | 'foreign'> {
  const start = await disk.read(0, 8192);
  if (firstLine(start) === dataMagic) return 'mounted';
  if (start.some((byte) => byte !== 0)) return 'foreign';
  await disk.exclusively(() => disk.write(padded(`${dataMagic}\n`, 4096), 0));
  return 'formatted';
}

/** The last tick written: 0 on a fresh disk. */
export async function lastTick(disk: SparseDisk): Promise<number> {
  return Number(/^tick (\d+) /.exec(firstLine(await disk.read(headAt, 128)))?.[1] ?? 0);
}

export interface Tick {
  readonly number: number;
  readonly text: string;
  /** How many random 4 KiB blocks to rewrite. */
  readonly noise: number;
  readonly random: (below: number) => number;
}

/**
 * Writes one tick: noise first, then the record, then the head that makes it count. All in one exclusive turn, so that a
 * snapshot holds a tick whole or not at all.
 */
export async function writeTick(disk: SparseDisk, tick: Tick): Promise<void> {
  await disk.exclusively(async () => {
    const room = Math.floor((Math.min(disk.size, noiseAt + noiseBytes) - noiseAt) / 4096);
    for (let count = 0; count < tick.noise && room > 0; count += 1) {
      await disk.write(
        padded(`noise of ${tick.text} ${tick.random(2 ** 32)}\n`.repeat(40), 4096),
        noiseAt + tick.random(room) * 4096,
      );
    }
    await disk.write(padded(`${tick.text}\n`, recordBytes), ringAt + (tick.number % ringRecords) * recordBytes);
    await disk.write(padded(`${tick.text}\n`, 4096), headAt);
  });
}
