import { invalidInput } from '@lifeboat/kernel';
import { Blake3Hasher } from '@napi-rs/blake-hash';
import { randomBytes } from 'node:crypto';

export const KEY_BYTES = 32;
export const HASH_BYTES = 32;
/** Of a hash that only finds: what it misses, the roots tell. */
export const SHORT_BYTES = 8;

/** 32 zero bytes stand for "all zero" in place of a hash, so that what is a hole in the volume is one in the tree. */
export const HOLE: Buffer = Buffer.alloc(HASH_BYTES);

/**
 * BLAKE3 under a key of the disk's own. A tenant chooses the bytes of a disk, but does not know the key: nobody can make two blocks of one hash, and so
 * one that is taken for unchanged. One hasher is used again and again; it costs half of making one.
 */
export class KeyedHash {
  private readonly hasher: Blake3Hasher;

  /** Throws `invalid-input` for a key that is not 32 bytes. */
  constructor(key: Buffer) {
    if (key.length !== KEY_BYTES)
      throw invalidInput('hash-key-malformed', `A hash key has ${KEY_BYTES} bytes, not ${key.length}.`);
    this.hasher = Blake3Hasher.newKeyed(key);
  }

  of(...parts: readonly Uint8Array[]): Buffer {
    this.hasher.reset();
    for (const part of parts) this.hasher.update(part);
    return this.hasher.digestBuffer();
  }
}

export const newHashKey = (): Buffer => randomBytes(KEY_BYTES);
