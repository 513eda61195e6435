import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib';
import { BLOCK } from '../geometry.ts';

const zstd = promisify(zstdCompress);

/** 0 is none: then the link is faster than the processor. */
const LEVELS = [0, 1, 3, 6, 9] as const;
const BEGIN = 1;
const WORTH = 0.94;
/** So many packs in a row that say the same move the level by one. */
const STEADY = 8;
const PACKS_AT_ONCE = 3;

export type Packed = { readonly codec: 'raw' | 'zstd'; readonly body: Buffer };

/** Compresses what goes over the link: the harder, the more the link is what everything waits for. */
export class Packing {
  private level = BEGIN;
  private trend = 0;
  private going = 0;

  /** `linkWaits`: bytes queue for the socket, or for the bandwidth that the policy allows. */
  async pack(bytes: Buffer, linkWaits: boolean): Promise<Packed> {
    this.adapt(linkWaits);
    const level = LEVELS[this.level] ?? 0;
    if (level === 0 || bytes.length < 64 || (bytes.length > BLOCK && !compressible(bytes)))
      return { codec: 'raw', body: bytes };
    this.going++;
    try {
      const params = { [constants.ZSTD_c_compressionLevel]: level };
      // All that comes out in one part: of many small ones each is a turn of a thread.
      const body = await zstd(bytes, { params, chunkSize: Math.max(bytes.length, BLOCK) });
      return body.length < bytes.length * WORTH ? { codec: 'zstd', body } : { codec: 'raw', body: bytes };
    } finally {
      this.going--;
    }
  }

  private adapt(linkWaits: boolean): void {
    const wish = linkWaits ? 1 : this.going >= PACKS_AT_ONCE ? -1 : 0;
    this.trend = wish === 0 || Math.sign(this.trend) === -wish ? wish : this.trend + wish;
    if (Math.abs(this.trend) < STEADY) return;
    this.level = Math.min(Math.max(this.level + Math.sign(this.trend), 0), LEVELS.length - 1);
    this.trend = 0;
  }
}

/** By a block from the middle: what is encrypted or packed already shows it everywhere. */
function compressible(bytes: Buffer): boolean {
  const from = (bytes.length - BLOCK) >> 1;
  const sample = bytes.subarray(from, from + BLOCK);
  const packed = zstdCompressSync(sample, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return packed.length < BLOCK * WORTH;
}
