import fc from 'fast-check';
import type { Extent } from '../device.ts';
import { RbdDiffParser } from '../changes/rbd-diff-parser.ts';
import { BLOCK, LEAF, PIECE } from '../geometry.ts';
import { assemble, unpack, writePlaced } from '../receive/place-put.ts';
import { FrameDecoder, encodeFrame } from '../wire/frame.ts';
import { decodeAsk, decodeExtents, decodeHeld, decodeNumber, encodeAsk, encodeExtents } from '../wire/messages.ts';
import { failedIn, finishedIn, openedIn, openingIn, openingOut } from '../wire/opening.ts';
import { decodePut, encodePut } from '../wire/put.ts';
import type { LeafPut } from '../wire/put.ts';
import { MemoryDevice } from './memory-device.ts';

const DISK = 2 ** 40;
/** Ends within a block. */
const SMALL = 2 * PIECE + 12_345;

/** What `run` is refused with: our code, or whatever else it threw; `undefined` where it is taken. */
function refusal(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? thrown;
  }
}

const places = fc.array(fc.nat(2_000), { maxLength: 6 });

function cut<T extends string | Buffer>(whole: T, at: readonly number[]): readonly T[] {
  const ends = [0, ...at.map((place) => place % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  return ends.slice(1).map((end, n) => (whole as Buffer).subarray?.(ends[n], end) ?? whole.slice(ends[n], end)) as T[];
}

export const diffOf = (pieces: readonly string[], size = DISK): readonly Extent[] => {
  const parser = new RbdDiffParser(size);
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
};

const diffText = (extents: readonly Extent[]): string =>
  `[${extents.map(({ offset, length }) => `{"offset":${offset},"length":${length},"exists":"${offset % 2 === 0}"}`).join(',')}]`;

/** In order, not overlapping, some of them touching. */
const someExtents = fc
  .array(fc.record({ gap: fc.oneof(fc.constant(0), fc.nat(2 ** 30)), length: fc.integer({ min: 1, max: 2 ** 24 }) }), {
    maxLength: 12,
  })
  .map((steps) => {
    let at = 0;
    return steps.map(({ gap, length }): Extent => {
      const offset = at + gap;
      at = offset + length;
      return { offset, length };
    });
  });

function merged(extents: readonly Extent[]): readonly Extent[] {
  const found: Extent[] = [];
  for (const { offset, length } of extents) {
    const last = found.at(-1);
    if (last && last.offset + last.length === offset) found.splice(-1, 1, { ...last, length: last.length + length });
    else found.push({ offset, length });
  }
  return found;
}

/** Our refusal, or extents of the device in order and apart: never another error. */
function soundOrRefused(pieces: readonly string[], size: number): boolean {
  let end = -1;
  const code = refusal(() => {
    for (const { offset, length } of diffOf(pieces, size)) {
      if (offset <= end || length < 1 || offset + length > size) throw new Error(`${length} bytes at ${offset}`);
      end = offset + length;
    }
  });
  return code === undefined || code === 'rbd-diff-unreadable';
}

const noise = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', '"', 'offset', ':', '0', '9', '\n', '"exists":"true"') }),
);

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const frames = fc.array(fc.record({ type: fc.nat(255), payload: fc.uint8Array({ maxLength: 300 }) }), {
  minLength: 1,
  maxLength: 6,
});

const streamOf = (list: readonly { type: number; payload: Uint8Array }[]): Buffer =>
  Buffer.concat(list.flatMap(({ type, payload }, n) => [...encodeFrame(n, type, Buffer.from(payload))]));

function framesIn(pieces: readonly Buffer[]): readonly { type: number; payload: Uint8Array }[] {
  const decoder = new FrameDecoder();
  const found = pieces.flatMap((piece) =>
    [...decoder.push(piece)].map((f) => ({ ...f, payload: new Uint8Array(f.payload) })),
  );
  decoder.end();
  return found;
}

const DECODERS: readonly ((payload: Buffer) => unknown)[] = [
  (payload) => decodePut(payload, SMALL),
  (payload) => decodeAsk(payload, SMALL),
  (payload) => decodeHeld(payload, SMALL),
  (payload) => decodeExtents(payload, SMALL),
  decodeNumber,
  openingIn,
  openedIn,
  finishedIn,
  failedIn,
];

const opening = {
  version: 1,
  volume: 'v',
  transfer: 't',
  size: SMALL,
  key: Buffer.alloc(32),
  thorough: false,
} as const;
/** One sound message of each kind. */
const SOUND: readonly Buffer[] = [
  encodeAsk({ level: 'blocks', piece: 1, mask: 0b101, read: true }),
  encodeExtents([{ offset: 0, length: LEAF }]),
  Buffer.from(JSON.stringify(openingOut(opening))),
  Buffer.from(JSON.stringify({ trusted: true, position: 4096 })),
  Buffer.from(JSON.stringify({ root: 'a'.repeat(64) })),
];

const leaf: LeafPut = { leaf: 1, how: 'patch', data: 0b101, zero: 0b10, copy: 0b1000, from: [4096] };
const lastLeaf: LeafPut = { leaf: 0, how: 'whole', data: 1, zero: 0b100, copy: 0b10, from: [LEAF] };
const PUTS: readonly Buffer[] = [
  encodePut({ piece: 1, leaves: [leaf], codec: 'raw', length: 8192, body: Buffer.alloc(8192, 7) }),
  encodePut({ piece: 2, leaves: [lastLeaf], codec: 'raw', length: 4096, body: Buffer.alloc(4096, 7) }),
].map((parts) => Buffer.concat(parts));
const changes = fc.array(fc.record({ at: fc.nat(30), value: fc.nat(255) }), { minLength: 1, maxLength: 4 });

function damaged(sound: Buffer, list: readonly { at: number; value: number }[]): Buffer {
  const bytes = Buffer.from(sound);
  for (const { at, value } of list) bytes[at % bytes.length] = value;
  return bytes;
}

/** Where a put says that it writes. */
function namedBy(bytes: Buffer, size: number): readonly Extent[] {
  const { piece, leaves } = decodePut(bytes, size);
  return leaves.map((one) => ({ offset: piece * PIECE + one.leaf * LEAF, length: LEAF }));
}

// One for all: fresh memory for each would be most of the work.
const device = new MemoryDevice(Buffer.alloc(SMALL, 1));
const memory = Buffer.alloc(PIECE);

/** Takes a put as the receiver does. Throws when a byte is written outside the leaves that it names. */
async function place(bytes: Buffer): Promise<void> {
  device.written.length = 0;
  const put = decodePut(bytes, SMALL);
  const held = { bytes: memory, mask: 0 };
  await writePlaced(device, put.piece, await assemble(put, await unpack(put), device, held));
  const named = namedBy(bytes, SMALL);
  for (const { offset, length } of device.written)
    if (
      !named.some((one) => offset >= one.offset && offset + length <= one.offset + one.length) &&
      !spans(named, offset, length)
    )
      throw new Error(`${length} bytes written at ${offset}`);
}

const spans = (named: readonly Extent[], offset: number, length: number): boolean => {
  for (let at = offset; at < offset + length; at += BLOCK)
    if (!named.some((one) => at >= one.offset && at < one.offset + one.length)) return false;
  return true;
};

/** What must hold of all that comes from outside, whatever it is. Each is fed with any number of inputs. */
export const PROPERTIES: Readonly<Record<string, fc.IRawProperty<unknown>>> = {
  'a list of changes is read as it was written, whatever pieces it comes in': fc.property(
    someExtents,
    places,
    (extents, at) => same(diffOf(cut(diffText(extents), at)), merged(extents)),
  ),
  'a list of changes that was cut off is refused': fc.property(someExtents, fc.nat(), places, (extents, length, at) => {
    const text = diffText(extents);
    return refusal(() => diffOf(cut(text.slice(0, length % text.length), at))) === 'rbd-diff-unreadable';
  }),
  'a damaged list of changes gives out nothing outside the device': fc.property(
    someExtents,
    fc.record({ at: fc.nat(), gone: fc.nat(40), put: noise }),
    places,
    fc.integer({ min: 0, max: 2 ** 41 }),
    (extents, { at, gone, put }, pieces, size) => {
      const text = diffText(extents);
      const where = at % (text.length + 1);
      return soundOrRefused(cut(text.slice(0, where) + put + text.slice(where + gone), pieces), size);
    },
  ),
  'anything that is no list of changes gives out nothing outside the device': fc.property(noise, places, (text, at) =>
    soundOrRefused(cut(text, at), DISK),
  ),
  'frames come out as they went in, wherever the stream is cut': fc.property(frames, places, (sent, at) =>
    same(framesIn(cut(streamOf(sent), at)), sent),
  ),
  'a stream is refused when a byte is not as it was sent, or missing': fc.property(
    frames,
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    fc.boolean(),
    (sent, where, flip, gone) => {
      const bytes = streamOf(sent);
      const at = where % bytes.length;
      const wrong = gone ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]) : Buffer.from(bytes);
      if (!gone) wrong[at] = (wrong[at] ?? 0) ^ flip;
      return refusal(() => framesIn([wrong])) === 'stream-broken';
    },
  ),
  'any bytes at all are read as a message or refused': fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
    DECODERS.every((decode) =>
      [undefined, 'stream-broken'].includes(refusal(() => decode(Buffer.from(bytes))) as string),
    ),
  ),
  'a damaged message is read or refused': fc.property(fc.nat(SOUND.length - 1), changes, (kind, list) => {
    const bytes = damaged(SOUND[kind] ?? Buffer.alloc(0), list);
    return DECODERS.every((decode) => [undefined, 'stream-broken'].includes(refusal(() => decode(bytes)) as string));
  }),
  'a damaged put names no byte outside the volume': fc.property(fc.nat(PUTS.length - 1), changes, (kind, list) => {
    const bytes = damaged(PUTS[kind] ?? Buffer.alloc(0), list);
    const code = refusal(() => {
      const put = decodePut(bytes, SMALL);
      for (const one of put.leaves) {
        const first = put.piece * PIECE + one.leaf * LEAF;
        const last = first + (32 - Math.clz32(one.data | one.zero | one.copy) - 1) * BLOCK;
        if (last >= SMALL || one.from.some((from) => from + BLOCK > SMALL)) throw new Error(`a block at ${last}`);
      }
    });
    return code === undefined || code === 'stream-broken';
  }),
  'a damaged put writes nothing but the leaves that it names': fc.asyncProperty(
    fc.nat(PUTS.length - 1),
    changes,
    async (kind, list) => {
      const code = await place(damaged(PUTS[kind] ?? Buffer.alloc(0), list)).then(
        () => undefined,
        (thrown: unknown) => (thrown as { code?: string }).code ?? thrown,
      );
      return code === undefined || code === 'stream-broken';
    },
  ),
};
