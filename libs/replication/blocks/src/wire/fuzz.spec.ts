import fc from 'fast-check';
import { FrameDecoder, encodeFrame } from './frame.ts';
import { decodeAsk, decodeExtents, decodeHeld } from './messages.ts';
import { decodePut, encodePut } from './put.ts';
import type { LeafPut } from './put.ts';
import { PIECE } from '../geometry.ts';

const SIZE = 5 * PIECE + 12_345;
const RUNS = { numRuns: 500 };

const stream = (frames: readonly { type: number; payload: Uint8Array }[]): Buffer =>
  Buffer.concat(frames.flatMap(({ type, payload }, n) => [...encodeFrame(n, type, Buffer.from(payload))]));

const frames = fc.array(fc.record({ type: fc.nat(255), payload: fc.uint8Array({ maxLength: 300 }) }), {
  minLength: 1,
  maxLength: 6,
});

function decoded(pieces: readonly Buffer[]): number {
  const decoder = new FrameDecoder();
  let count = 0;
  for (const piece of pieces) for (const _frame of decoder.push(piece)) count++;
  decoder.end();
  return count;
}

const refusal = (run: () => unknown): unknown => {
  try {
    run();
    return undefined;
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? thrown;
  }
};

describe('frames', () => {
  it('come out as they went in, wherever the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(2_000)), (sent, cuts) => {
        const bytes = stream(sent);
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        return decoded(at.slice(1).map((end, n) => bytes.subarray(at[n], end))) === sent.length;
      }),
      RUNS,
    );
  });

  it('are refused when a byte is not as it was sent, or missing', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (sent, where, flip, cut) => {
        const bytes = stream(sent);
        const at = where % bytes.length;
        const wrong = cut ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]) : Buffer.from(bytes);
        if (!cut) wrong[at] = (wrong[at] ?? 0) ^ flip;
        expect(refusal(() => decoded([wrong]))).toBe('stream-broken');
      }),
      RUNS,
    );
  });

  it('are refused when they come again, or in another order', () => {
    const [one, other] = [encodeFrame(0, 9, Buffer.from('a')), encodeFrame(1, 9, Buffer.from('b'))].map((parts) =>
      Buffer.concat(parts),
    );
    if (!one || !other) throw new Error('no frames');
    for (const wrong of [[one, one], [other], [one, other, other], [other, one]])
      expect(refusal(() => decoded(wrong))).toBe('stream-broken');
  });
});

describe('messages', () => {
  it('of any bytes at all are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const decode of [decodePut, decodeAsk, decodeHeld, decodeExtents])
          expect([undefined, 'stream-broken']).toContain(refusal(() => decode(Buffer.from(bytes), SIZE)));
      }),
      RUNS,
    );
  });

  it('name no byte outside the volume, whatever is changed in them', () => {
    const leaf: LeafPut = { leaf: 1, how: 'patch', data: 0b101, zero: 0b10, copy: 0b1000, from: [4096] };
    const sound = encodePut({ piece: 3, leaves: [leaf], codec: 'raw', length: 8192, body: Buffer.alloc(8192) });
    fc.assert(
      fc.property(fc.nat(24), fc.nat(255), fc.nat(24), fc.nat(255), (at, value, also, other) => {
        const bytes = Buffer.from(sound);
        bytes[at] = value;
        bytes[also] = other;
        const code = refusal(() => {
          const put = decodePut(bytes, SIZE);
          for (const { leaf: number, data, zero, copy, from } of put.leaves) {
            const last = put.piece * PIECE + number * 65_536 + (32 - Math.clz32(data | zero | copy) - 1) * 4096;
            expect(last).toBeLessThan(SIZE);
            for (const place of from) expect(place + 4096).toBeLessThanOrEqual(SIZE);
          }
        });
        expect([undefined, 'stream-broken']).toContain(code);
      }),
      { numRuns: 2_000 },
    );
  });
});
