import { unavailable } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { crc32 } from 'node:zlib';
import { PIECE } from '../geometry.ts';

/** length u32, type u8, number u32, crc32 u32 (of type, number and payload). */
export const HEAD = 13;
/** A piece that does not compress, with what is said of its leaves. */
export const LARGEST_PAYLOAD = PIECE + 16 * 1024;

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** What came is not what was sent. The session ends; the next one goes on from what was flushed. */
export const broken = (what: string): LifeboatError =>
  unavailable('stream-broken', `The stream of blocks is not as it was sent: ${what}.`);

/** `payload` in as many parts as it comes in. */
export function encodeFrame(number: number, type: number, ...payload: readonly Buffer[]): readonly Buffer[] {
  const head = Buffer.allocUnsafe(HEAD);
  head.writeUInt32BE(
    payload.reduce((sum, part) => sum + part.length, 0),
    0,
  );
  head.writeUInt8(type, 4);
  head.writeUInt32BE(number >>> 0, 5);
  head.writeUInt32BE(
    payload.reduce((sum, part) => crc32(part, sum), crc32(head.subarray(4, 9))),
    9,
  );
  return [head, ...payload];
}

interface Head {
  readonly length: number;
  readonly type: number;
  readonly number: number;
  readonly checksum: number;
  /** Of what the checksum is of, before the payload. */
  readonly sum: number;
}

/** Frames out of pieces of a stream, cut anywhere. Throws `stream-broken` at the first that is not the next one, whole and sound. */
export class FrameDecoder {
  private readonly parts: Buffer[] = [];
  private held = 0;
  private next = 0;
  private head: Head | undefined;

  *push(bytes: Buffer): Generator<Frame> {
    this.parts.push(bytes);
    this.held += bytes.length;
    for (let frame = this.take(); frame; frame = this.take()) yield frame;
  }

  /** Throws when the stream ends within a frame. */
  end(): void {
    if (this.held > 0 || this.head) throw broken('it ends within a frame');
  }

  private take(): Frame | undefined {
    this.head ??= this.takeHead();
    if (!this.head || this.held < this.head.length) return undefined;
    const { length, type, number, checksum, sum } = this.head;
    this.head = undefined;
    const payload = this.cut(length);
    if (number !== this.next >>> 0) throw broken('a frame is missing, repeated or out of order');
    if (checksum !== crc32(payload, sum)) throw broken('a checksum is wrong');
    this.next++;
    return { type, payload };
  }

  private takeHead(): Head | undefined {
    if (this.held < HEAD) return undefined;
    const head = this.cut(HEAD);
    const length = head.readUInt32BE(0);
    if (length > LARGEST_PAYLOAD) throw broken(`a frame of ${length} bytes`);
    const [type, number, checksum] = [head.readUInt8(4), head.readUInt32BE(5), head.readUInt32BE(9)];
    return { length, type, number, checksum, sum: crc32(head.subarray(4, 9)) };
  }

  /** So many bytes, of those held; copied only where they came in several parts. */
  private cut(length: number): Buffer {
    this.held -= length;
    const taken: Buffer[] = [];
    for (let missing = length; missing > 0;) {
      const [first = Buffer.alloc(0)] = this.parts;
      const part = first.subarray(0, missing);
      missing -= part.length;
      taken.push(part);
      if (part.length < first.length) this.parts[0] = first.subarray(part.length);
      else this.parts.shift();
    }
    return taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken, length);
  }
}
