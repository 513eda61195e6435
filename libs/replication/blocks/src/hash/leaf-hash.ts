import { BLOCK, BLOCKS_IN_LEAF } from '../geometry.ts';
import { HOLE, SHORT_BYTES } from './keyed-hash.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { isZero } from './zero.ts';

export const hashOfLeaf = (hash: KeyedHash, leaf: Buffer): Buffer => (isZero(leaf) ? HOLE : hash.of(leaf));

/** Hashes of the blocks of a leaf; `HOLE` for those that are zero, or past the end of the volume. */
export function hashesOfBlocks(hash: KeyedHash, leaf: Buffer): readonly Buffer[] {
  return Array.from({ length: BLOCKS_IN_LEAF }, (_none, block) => {
    const bytes = leaf.subarray(block * BLOCK, (block + 1) * BLOCK);
    return bytes.length === 0 ? HOLE : hashOfLeaf(hash, bytes);
  });
}

export const short = (hash: Buffer): Buffer => hash.subarray(0, SHORT_BYTES);
