import fc from 'fast-check';
import type { Request } from './replies.ts';
import { Replies } from './replies.ts';

const numRuns = Number(process.env['LIFEBOAT_FUZZ_RUNS'] ?? 300);
const GUARD = 64;

interface Waiting {
  readonly request: Request;
  /** The caller's buffer with what lies around it. */
  readonly around: Buffer;
  readonly outcome: { settled?: Error | 'done' };
}

function waiting(offset: number, length: number): Waiting {
  const around = Buffer.alloc(length + 2 * GUARD, 0xee);
  const outcome: Waiting['outcome'] = {};
  const request: Request = {
    command: 0,
    offset,
    length,
    covered: [],
    into: around.subarray(GUARD, GUARD + length),
    settle: (error) => (outcome.settled = error ?? 'done'),
  };
  return { request, around, outcome };
}

const head = (type: number, handle: number, length: number, done: boolean): Buffer => {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32BE(0x668e33ef, 0);
  bytes.writeUInt16BE(done ? 1 : 0, 4);
  bytes.writeUInt16BE(type, 6);
  bytes.writeUInt32BE(handle, 12);
  bytes.writeUInt32BE(length, 16);
  return bytes;
};
const at = (offset: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(offset, 4);
  return bytes;
};
const data = (handle: number, offset: number, bytes: Buffer, done = false): Buffer =>
  Buffer.concat([head(1, handle, 8 + bytes.length, done), at(offset), bytes]);
const hole = (handle: number, offset: number, length: number, done = false): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length);
  return Buffer.concat([head(2, handle, 12, done), at(offset), size]);
};

/** As a socket does: into what is named, as much as there is. */
function feed(replies: Replies, bytes: Buffer, pieces: readonly number[]): void {
  let rest = bytes;
  for (let n = 0; rest.length > 0; n++) {
    const taken = rest.copy(replies.target(), 0, 0, 1 + ((pieces[n % pieces.length] ?? 0) % 70_000));
    rest = rest.subarray(taken);
    replies.filled(taken);
  }
}

const pieces = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });

describe('replies of an NBD server', () => {
  it('fill each buffer with its own bytes, however they are cut and mixed', () => {
    const part = fc.record({ to: fc.nat(3), length: fc.integer({ min: 1, max: 9_000 }), zero: fc.boolean() });
    const property = fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), pieces, (parts, cuts) => {
      const lengths = [0, 1, 2, 3].map((to) => parts.reduce((sum, one) => sum + (one.to === to ? one.length : 0), 0));
      const all = lengths.map((length, n) => waiting(n * 1_000_000, length));
      const done = [0, 0, 0, 0];
      const wire = parts.map(({ to, length, zero }, n) => {
        const start = done[to] ?? 0;
        done[to] = start + length;
        const [offset, last] = [to * 1_000_000 + start, start + length === lengths[to]];
        return zero ? hole(to, offset, length, last) : data(to, offset, Buffer.alloc(length, n + 1), last);
      });
      const replies = new Replies(true, new Map(all.map(({ request }, n) => [n, request])));
      feed(replies, Buffer.concat(wire), cuts);
      all.forEach(({ around, outcome }, n) => {
        const expected = parts.flatMap((one, m) =>
          one.to === n ? [Buffer.alloc(one.length, one.zero ? 0 : m + 1)] : [],
        );
        const guard = Buffer.alloc(GUARD, 0xee);
        expect(around.equals(Buffer.concat([guard, ...expected, guard]))).toBe(true);
        expect(outcome.settled).toBe(expected.length > 0 ? 'done' : undefined);
      });
    });
    fc.assert(property, { numRuns: Math.min(numRuns, 20_000) });
  });

  it('that break the protocol write nothing outside a buffer and are refused, or answer with an error', () => {
    const field = fc.record({
      type: fc.constantFrom(0, 1, 2, 5, 7, 0x8001, 0x8002),
      handle: fc.constantFrom(0, 1, 2, 2 ** 32 - 1),
      length: fc.oneof(fc.nat(40), fc.nat(2 ** 32 - 1)),
      done: fc.boolean(),
      rest: fc.uint8Array({ maxLength: 60 }),
    });
    const wire = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(field, { maxLength: 5 })
        .map((chunks) =>
          Buffer.concat(
            chunks.flatMap(({ type, handle, length, done, rest }) => [
              head(type, handle, length, done),
              Buffer.from(rest),
            ]),
          ),
        ),
    );
    const property = fc.property(wire, pieces, (bytes, cuts) => {
      const all = [waiting(0, 16), waiting(100, 16)];
      const replies = new Replies(true, new Map(all.map(({ request }, n) => [n, request])));
      try {
        feed(replies, bytes, cuts);
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== 'nbd-protocol-broken') throw thrown;
      }
      const guard = Buffer.alloc(GUARD, 0xee);
      for (const { around } of all) {
        if (!around.subarray(0, GUARD).equals(guard) || !around.subarray(-GUARD).equals(guard)) return false;
      }
      return true;
    });
    fc.assert(property, { numRuns });
  });

  it.each([
    ['cover a part twice', [data(0, 0, Buffer.alloc(8)), data(0, 4, Buffer.alloc(12), true)]],
    ['leave a part out', [data(0, 0, Buffer.alloc(8), true)]],
    ['go beyond what was asked for', [data(0, 8, Buffer.alloc(9), true)]],
    ['come to nobody', [data(7, 0, Buffer.alloc(8), true)]],
  ])('are refused when they %s', (_, wire) => {
    const { request, outcome } = waiting(0, 16);
    const broken = expect.objectContaining({ code: 'nbd-protocol-broken' });
    expect(() => feed(new Replies(true, new Map([[0, request]])), Buffer.concat(wire), [0])).toThrow(broken);
    expect(outcome.settled).toBeUndefined();
  });

  it('pass on what the server says about an error', () => {
    const { request, outcome } = waiting(0, 16);
    const words = Buffer.from([0, 0, 0, 5, 0, 4, ...Buffer.from('gone')]);
    feed(new Replies(true, new Map([[0, request]])), Buffer.concat([head(0x8001, 0, words.length, true), words]), [3]);
    expect(outcome.settled).toMatchObject({ code: 'device-io-failed', message: 'The device failed: gone (error 5).' });
  });
});
