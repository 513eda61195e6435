import { BLOCKS_IN_LEAF, LARGEST, PIECE } from '../geometry.ts';
import type { Extent } from '../device.ts';
import { SHORT_BYTES } from '../hash/keyed-hash.ts';
import { broken } from './frame.ts';

/** Types of frames. Odd ones go to who receives blocks, even ones come back. */
export const TYPE = {
  /** Both ways: one that holds something is a question whether we are still there, one that holds nothing the answer. */
  alive: 0,
  open: 1,
  opened: 2,
  /** What the target holds of these leaves is not known: it has to be asked. */
  unknown: 4,
  ready: 6,
  ask: 7,
  held: 8,
  put: 9,
  /** So many bytes of puts are in place. */
  placed: 10,
  flush: 11,
  flushed: 12,
  finish: 13,
  finished: 14,
  nodes: 15,
  differ: 16,
  failed: 18,
} as const;

/** Of leaves, or of their blocks. */
export type Level = 'leaves' | 'blocks';

export interface Ask {
  readonly level: Level;
  readonly piece: number;
  /** Of leaves. */
  readonly mask: number;
  /** By what the volume holds, not by what is remembered of it. */
  readonly read: boolean;
}

export interface Held extends Pick<Ask, 'level' | 'piece' | 'mask'> {
  /** Short hashes of each leaf, or 16 of each: those of its blocks. */
  readonly hashes: Buffer;
}

const ASK = 8;

export function encodeAsk({ level, piece, mask, read }: Ask): Buffer {
  const bytes = Buffer.allocUnsafe(ASK);
  bytes.writeUInt8(level === 'leaves' ? 0 : 1, 0);
  bytes.writeUInt8(read ? 1 : 0, 1);
  bytes.writeUInt16BE(mask, 2);
  bytes.writeUInt32BE(piece, 4);
  return bytes;
}

export function decodeAsk(payload: Buffer, size: number): Ask {
  if (payload.length < ASK || payload.readUInt8(0) > 1 || payload.readUInt8(1) > 1)
    throw broken('a question is malformed');
  const [mask, piece] = [payload.readUInt16BE(2), payload.readUInt32BE(4)];
  const leaves = Math.ceil((size - piece * PIECE) / (PIECE / 16));
  if (mask === 0 || leaves <= 0 || (leaves < 16 && mask >> leaves !== 0)) throw broken('a question is out of range');
  return { level: payload.readUInt8(0) === 0 ? 'leaves' : 'blocks', read: payload.readUInt8(1) === 1, mask, piece };
}

export const encodeHeld = (held: Held): Buffer => Buffer.concat([encodeAsk({ ...held, read: false }), held.hashes]);

export function decodeHeld(payload: Buffer, size: number): Held {
  const { level, piece, mask } = decodeAsk(payload, size);
  const hashes = payload.subarray(ASK);
  let leaves = 0;
  for (let left = mask; left !== 0; left &= left - 1) leaves++;
  if (hashes.length !== leaves * SHORT_BYTES * (level === 'leaves' ? 1 : BLOCKS_IN_LEAF))
    throw broken('an answer has too few or too many hashes');
  return { level, piece, mask, hashes };
}

export function encodeExtents(extents: readonly Extent[]): Buffer {
  const bytes = Buffer.allocUnsafe(12 * extents.length);
  for (const [n, { offset, length }] of extents.entries()) {
    bytes.writeUIntBE(offset, 12 * n, 6);
    bytes.writeUIntBE(length, 12 * n + 6, 6);
  }
  return bytes;
}

export function decodeExtents(payload: Buffer, size: number): readonly Extent[] {
  if (payload.length % 12 !== 0) throw broken('a list of extents is cut off');
  const extents: Extent[] = [];
  for (let at = 0; at < payload.length; at += 12) {
    const [offset, length] = [payload.readUIntBE(at, 6), payload.readUIntBE(at + 6, 6)];
    if (offset + length > size) throw broken('an extent is out of range');
    extents.push({ offset, length });
  }
  return extents;
}

export function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntBE(value, 0, 6);
  return bytes;
}

export function decodeNumber(payload: Buffer): number {
  if (payload.length !== 6) throw broken('a number is malformed');
  const value = payload.readUIntBE(0, 6);
  if (value > LARGEST) throw broken('a number is out of range');
  return value;
}

export const encodeJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export function decodeJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8')) as unknown;
  } catch {
    throw broken('a message is not JSON');
  }
}
