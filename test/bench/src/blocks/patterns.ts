import { randomBytes, randomInt } from 'node:crypto';
import { open } from 'node:fs/promises';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Changes a volume as its name says; answers the bytes that it changed. */
export type Pattern = (path: string, size: number) => Promise<number>;

/** Writes of one length at places of a grid of it, none twice. */
async function write(path: string, length: number, places: Iterable<number>): Promise<number> {
  await using file = await open(path, 'r+');
  const seen = new Set(places);
  for (const place of seen) await file.write(randomBytes(length), 0, length, place * length);
  return seen.size * length;
}

const some = (count: number, most: number): number[] => Array.from({ length: count }, () => randomInt(most));

/** Few places get most of the writes. */
const zipf = (count: number, most: number): number[] =>
  Array.from({ length: count }, () => Math.floor(most ** (randomInt(1_000_000) / 1_000_000)) - 1).filter(
    (place) => place < most,
  );

export const patterns: Readonly<Record<string, Pattern>> = {
  '4K random': (path, size) => write(path, 4 * KIB, some(640, size / (4 * KIB))),
  '64K zipf': (path, size) => write(path, 64 * KIB, zipf(200, size / (64 * KIB))),
  '1M sequential': (path, size) =>
    write(
      path,
      MIB,
      Array.from({ length: 16 }, (_none, n) => size / MIB / 2 + n),
    ),
  clustered: (path, size) =>
    write(
      path,
      4 * KIB,
      some(640, (8 * MIB) / (4 * KIB)).map((place) => place + size / (8 * KIB)),
    ),
  async discard(path, size) {
    await using file = await open(path, 'r+');
    await file.write(Buffer.alloc(16 * MIB), 0, 16 * MIB, size / 4);
    return 16 * MIB;
  },
};

/** Half holes, 30 % random bytes, 20 % text. */
export async function makeVolume(path: string, size: number): Promise<void> {
  await using file = await open(path, 'w');
  await file.truncate(size);
  const text = Buffer.from('a line of text as logs have them, and then another\n'.repeat(MIB / 51 + 1)).subarray(
    0,
    MIB,
  );
  for (let mib = 0; mib < size / MIB; mib++) {
    const kind = mib % 10;
    if (kind >= 5) continue;
    await file.write(kind < 3 ? randomBytes(MIB) : text, 0, MIB, mib * MIB);
  }
}
