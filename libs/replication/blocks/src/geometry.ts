/** What is sent at least, bytes. */
export const BLOCK = 4096;
/** What is hashed to find changes, and a leaf of the tree, bytes. */
export const LEAF = 64 * 1024;
export const BLOCKS_IN_LEAF = LEAF / BLOCK;
/** What is worked on at a time: 16 leaves, so that a mask of them is 16 bits. */
export const LEAVES_IN_PIECE = 16;
export const PIECE = LEAF * LEAVES_IN_PIECE;
/** Leaves under one inner node: 64 MiB of the volume, 32 KiB of hashes. */
export const LEAVES_IN_GROUP = 1024;
/** No volume is larger: offsets travel as 48 bits. */
export const LARGEST = 2 ** 47;

export const leavesIn = (size: number): number => Math.ceil(size / LEAF);
export const groupsIn = (size: number): number => Math.ceil(leavesIn(size) / LEAVES_IN_GROUP);
export const lengthOfLeaf = (leaf: number, size: number): number => Math.min(LEAF, size - leaf * LEAF);
/** Blocks of a leaf, the last of which may be short at the end of the volume. */
export const blocksOf = (leaf: number, size: number): number => Math.ceil(lengthOfLeaf(leaf, size) / BLOCK);

/** Stretches of ones in a mask, as first and count. */
export function* runsOf(mask: number): Generator<{ readonly first: number; readonly count: number }> {
  for (let first = 0; mask >> first !== 0; first++) {
    if (((mask >> first) & 1) === 0) continue;
    let count = 1;
    while (((mask >> (first + count)) & 1) === 1) count++;
    yield { first, count };
    first += count;
  }
}

export function* bitsOf(mask: number): Generator<number> {
  for (let bit = 0; mask >> bit !== 0; bit++) if (((mask >> bit) & 1) === 1) yield bit;
}
