import { LEAF } from '../geometry.ts';

const ZEROS = Buffer.alloc(LEAF);

export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += LEAF) {
    const end = Math.min(at + LEAF, bytes.length);
    // Most that is not zero shows it in its first bytes.
    if (bytes[at] !== 0 || ZEROS.compare(bytes, at, end, 0, end - at) !== 0) return false;
  }
  return true;
}
