import type { BlockDevice } from '@lifeboat/replication-blocks';
import { randomBytes, randomInt } from 'node:crypto';

const KIB = 1024;
const MIB = 1024 * KIB;
const AT_ONCE = 32;

/** Changes a volume as its name says; answers the bytes that it changed. */
export type Pattern = (device: BlockDevice) => Promise<number>;

/** Writes of one length at places of a grid of it, none twice. */
async function write(device: BlockDevice, length: number, places: Iterable<number>): Promise<number> {
  const seen = [...new Set(places)];
  for (let first = 0; first < seen.length; first += AT_ONCE)
    await Promise.all(
      seen.slice(first, first + AT_ONCE).map((place) => device.write(place * length, randomBytes(length))),
    );
  return seen.length * length;
}

const some = (count: number, most: number): number[] => Array.from({ length: count }, () => randomInt(most));

/** Few places get most of the writes. */
const zipf = (count: number, most: number): number[] =>
  Array.from({ length: count }, () => Math.floor(most ** (randomInt(1_000_000) / 1_000_000)) - 1).filter(
    (place) => place < most,
  );

const row = (count: number, first: number): number[] => Array.from({ length: count }, (_none, n) => first + n);

/** A write of 4 KiB for each 200 KiB of the volume, of 64 KiB for each 700. */
const scattered = (size: number): number => Math.floor(size / (200 * KIB));

export const patterns: Readonly<Record<string, Pattern>> = {
  '4K random': (device) => write(device, 4 * KIB, some(scattered(device.size), device.size / (4 * KIB))),
  '64K zipf': (device) =>
    write(device, 64 * KIB, zipf(Math.floor(device.size / (700 * KIB)), device.size / (64 * KIB))),
  '1M sequential': (device) => write(device, MIB, row(device.size / MIB / 8, device.size / MIB / 2)),
  clustered: (device) =>
    write(
      device,
      4 * KIB,
      some(scattered(device.size), (32 * MIB) / (4 * KIB)).map((place) => place + device.size / (16 * KIB)),
    ),
  async discard(device) {
    await device.zero(device.size / 4, device.size / 8);
    return device.size / 8;
  },
};

/** Half holes, 30 % random bytes, 20 % text, to the first bytes of a device that is all zero. */
export async function fillVolume(device: BlockDevice, bytes = device.size): Promise<void> {
  const text = Buffer.from('a line of text as logs have them, and then another\n'.repeat(MIB / 51 + 1)).subarray(
    0,
    MIB,
  );
  for (let mib = 0; mib < bytes / MIB; mib++) {
    const kind = mib % 10;
    if (kind < 5) await device.write(mib * MIB, kind < 3 ? randomBytes(MIB) : text);
  }
  await device.flush();
}
