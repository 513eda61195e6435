import {
  BLOCK,
  BLOCKS_IN_LEAF,
  LARGEST,
  LEAF,
  LEAVES_IN_PIECE,
  bitsOf,
  blocksOf,
  leavesIn,
  lengthOfLeaf,
} from '../geometry.ts';
import { broken } from './frame.ts';

/** What becomes of a leaf. Masks have a bit for each block of 4 KiB. */
export interface LeafPut {
  /** Within the piece. */
  readonly leaf: number;
  /** `patch`: what is not named stays. `onto-hole`: it is zero, there and here. `whole`: it is zero here, and may be anything there. */
  readonly how: 'patch' | 'onto-hole' | 'whole';
  /** Blocks whose bytes follow. */
  readonly data: number;
  /** Blocks that are zero. */
  readonly zero: number;
  /** Blocks that are as those at these places of the volume are now; in the order of the bits of `copy`. */
  readonly copy: number;
  readonly from: readonly number[];
}

export interface Put {
  readonly piece: number;
  readonly leaves: readonly LeafPut[];
  /** How `body` is packed. */
  readonly codec: 'raw' | 'zstd';
  /** Of the data once unpacked. */
  readonly length: number;
  readonly body: Buffer;
}

const HOWS = ['patch', 'onto-hole', 'whole'] as const;
const CODECS = ['raw', 'zstd'] as const;
const HEAD = 10;
const LEAF_HEAD = 8;

/** In parts, so that the body is not copied. */
export function encodePut({ piece, leaves, codec, length, body }: Put): readonly Buffer[] {
  const size = leaves.reduce((sum, { from }) => sum + LEAF_HEAD + 6 * from.length, HEAD);
  const head = Buffer.allocUnsafe(size);
  head.writeUInt32BE(piece, 0);
  head.writeUInt32BE(length, 4);
  head.writeUInt8(CODECS.indexOf(codec), 8);
  head.writeUInt8(leaves.length, 9);
  let at = HEAD;
  for (const { leaf, how, data, zero, copy, from } of leaves) {
    head.writeUInt8(leaf, at);
    head.writeUInt8(HOWS.indexOf(how), at + 1);
    for (const [n, mask] of [data, zero, copy].entries()) head.writeUInt16BE(mask, at + 2 + 2 * n);
    at += LEAF_HEAD;
    for (const place of from) at = head.writeUIntBE(place, at, 6);
  }
  return [head, body];
}

/** Throws `stream-broken` for whatever would touch a byte outside a volume of `size`, names a block twice, or has another length than it says. */
export function decodePut(payload: Buffer, size: number): Put {
  if (payload.length < HEAD) throw broken('a put is cut off');
  const [piece, length, count] = [payload.readUInt32BE(0), payload.readUInt32BE(4), payload.readUInt8(9)];
  const codec = CODECS[payload.readUInt8(8)];
  if (!codec || count === 0 || count > LEAVES_IN_PIECE) throw broken('a put is malformed');
  const leaves: LeafPut[] = [];
  let at = HEAD;
  for (let n = 0; n < count; n++) {
    const read = decodeLeaf(payload, at, piece, size);
    if (read.put.leaf <= (leaves.at(-1)?.leaf ?? -1)) throw broken('the leaves of a put are out of order');
    leaves.push(read.put);
    at = read.end;
  }
  const expected = leaves.reduce((sum, put) => sum + dataOf(put, piece, size), 0);
  const body = payload.subarray(at);
  if (expected !== length || (codec === 'raw' && body.length !== length))
    throw broken('a put has another length than it says');
  return { piece, leaves, codec, length, body };
}

function decodeLeaf(payload: Buffer, at: number, piece: number, size: number): { put: LeafPut; end: number } {
  if (payload.length < at + LEAF_HEAD) throw broken('a put is cut off');
  const leaf = payload.readUInt8(at);
  const how = HOWS[payload.readUInt8(at + 1)];
  const data = payload.readUInt16BE(at + 2);
  const zero = payload.readUInt16BE(at + 4);
  const copy = payload.readUInt16BE(at + 6);
  const whole = piece * LEAVES_IN_PIECE + leaf;
  if (!how || leaf >= LEAVES_IN_PIECE || whole >= leavesIn(size)) throw broken('a leaf is out of range');
  if ((data & zero) | (data & copy) | (zero & copy) | ((data | zero | copy) >> blocksOf(whole, size)))
    throw broken('the blocks of a leaf are malformed');
  let end = at + LEAF_HEAD;
  const from: number[] = [];
  for (const _bit of bitsOf(copy)) {
    if (payload.length < end + 6) throw broken('a put is cut off');
    const place = payload.readUIntBE(end, 6);
    if (place % BLOCK !== 0 || place >= LARGEST || place + BLOCK > size)
      throw broken('a block to copy is out of range');
    from.push(place);
    end += 6;
  }
  return { put: { leaf, how, data, zero, copy, from }, end };
}

/** Bytes of a leaf that travel: its last block may be short. */
export function dataOf({ leaf, data }: LeafPut, piece: number, size: number): number {
  const length = lengthOfLeaf(piece * LEAVES_IN_PIECE + leaf, size);
  let sum = 0;
  for (const block of bitsOf(data)) sum += Math.min(BLOCK, length - block * BLOCK);
  return sum;
}

export const ALL_BLOCKS = (1 << BLOCKS_IN_LEAF) - 1;
export const LONGEST_LEAF = LEAF;
