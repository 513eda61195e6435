import { BLOCK, BLOCKS_IN_LEAF, bitsOf } from '../geometry.ts';
import { SHORT_BYTES } from '../hash/keyed-hash.ts';
import { short } from '../hash/leaf-hash.ts';
import { isZero } from '../hash/zero.ts';
import type { LeafPut } from '../wire/put.ts';
import type { Duplicates } from './duplicates.ts';

export interface NewLeaf {
  /** Within the piece. */
  readonly leaf: number;
  /** Of the volume, in bytes. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** What the target holds of the leaf, as far as it is known. */
export type Known = { readonly is: 'anything' | 'hole' } | { readonly is: 'blocks'; readonly hashes: Buffer };

/** What has to be sent so that the target holds the leaf. `hashes`: of its blocks, where they were made. */
export function putOfLeaf(
  { leaf, bytes }: NewLeaf,
  known: Known,
  hashes: readonly Buffer[] | undefined,
  duplicates: Duplicates,
): LeafPut {
  const blocks = Math.ceil(bytes.length / BLOCK);
  let [data, zero, copy] = [0, 0, 0];
  const from: number[] = [];
  for (let block = 0; block < blocks; block++) {
    const own = hashes?.[block];
    if (known.is === 'blocks' && own && short(own).equals(shortAt(known.hashes, block))) continue;
    const bit = 1 << block;
    const part = bytes.subarray(block * BLOCK, (block + 1) * BLOCK);
    if (isZero(part)) {
      zero |= known.is === 'blocks' ? bit : 0;
      continue;
    }
    const place = own && part.length === BLOCK ? duplicates.placeOf(own) : undefined;
    if (place === undefined) {
      data |= bit;
    } else {
      copy |= bit;
      from.push(place);
    }
  }
  const how = known.is === 'blocks' ? 'patch' : known.is === 'hole' ? 'onto-hole' : 'whole';
  return { leaf, how, data, zero, copy, from };
}

const shortAt = (hashes: Buffer, block: number): Buffer =>
  hashes.subarray(block * SHORT_BYTES, (block + 1) * SHORT_BYTES);

/** A leaf that stands, whole, at another place already. */
export const copyOfLeaf = ({ leaf, bytes }: NewLeaf, place: number): LeafPut => ({
  leaf,
  how: 'whole',
  data: 0,
  zero: 0,
  copy: (1 << Math.ceil(bytes.length / BLOCK)) - 1,
  from: Array.from({ length: BLOCKS_IN_LEAF }, (_none, block) => place + block * BLOCK),
});

/** The bytes that a put names, in the order of the leaves. */
export const dataOfPut = (leaves: readonly { readonly new: NewLeaf; readonly put: LeafPut }[]): readonly Buffer[] =>
  leaves.flatMap(({ new: { bytes }, put }) =>
    [...bitsOf(put.data)].map((block) => bytes.subarray(block * BLOCK, (block + 1) * BLOCK)),
  );
