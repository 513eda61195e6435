import { PIECE } from './geometry.ts';

/** 32 MiB that a worker keeps for good. */
const MOST = 32;
const spare: Buffer[] = [];

/**
 * Memory for one piece; what stands in it is anything. The first touch of fresh memory costs many times what reading or hashing a piece does, so what is
 * given back is used again, by whichever session comes next.
 */
export const takePiece = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(PIECE);

/** Only when nobody reads into it, or sends from it, any more: not after a failure. */
export function givePiece(piece: Buffer): void {
  if (spare.length < MOST) spare.push(piece);
}
