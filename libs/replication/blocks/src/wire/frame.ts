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

export function encodeFrame(number: number, type: number, payload: Buffer): readonly Buffer[] {
  const head = Buffer.allocUnsafe(HEAD);
  head.writeUInt32BE(payload.length, 0);
  head.writeUInt8(type, 4);
  head.writeUInt32BE(number >>> 0, 5);
  head.writeUInt32BE(crc32(payload, crc32(head.subarray(4, 9))), 9);
  return [head, payload];
}

/** Frames out of pieces of a stream, cut anywhere. Throws `stream-broken` at the first that is not the next one, whole and sound. */
export class FrameDecoder {
  private readonly parts: Buffer[] = [];
  private held = 0;
  private next = 0;

  *push(bytes: Buffer): Generator<Frame> {
    this.parts.push(bytes);
    this.held += bytes.length;
    for (let frame = this.take(); frame; frame = this.take()) yield frame;
  }

  /** Throws when the stream ends within a frame. */
  end(): void {
    if (this.held > 0) throw broken('it ends within a frame');
  }

  private take(): Frame | undefined {
    if (this.held < HEAD) return undefined;
    const head = this.peek(HEAD);
    const length = head.readUInt32BE(0);
    if (length > LARGEST_PAYLOAD) throw broken(`a frame of ${length} bytes`);
    if (this.held < HEAD + length) return undefined;
    const whole = this.peek(HEAD + length);
    this.drop(HEAD + length);
    const payload = whole.subarray(HEAD);
    if (head.readUInt32BE(5) !== this.next >>> 0) throw broken('a frame is missing, repeated or out of order');
    if (head.readUInt32BE(9) !== crc32(payload, crc32(whole.subarray(4, 9)))) throw broken('a checksum is wrong');
    this.next++;
    return { type: head.readUInt8(4), payload };
  }

  private peek(length: number): Buffer {
    const [first] = this.parts;
    if (first && first.length >= length) return first.subarray(0, length);
    const all = Buffer.concat(this.parts);
    this.parts.splice(0, this.parts.length, all);
    return all.subarray(0, length);
  }

  private drop(length: number): void {
    this.held -= length;
    const [first] = this.parts;
    if (first && first.length > length) this.parts[0] = first.subarray(length);
    else this.parts.shift();
  }
}
