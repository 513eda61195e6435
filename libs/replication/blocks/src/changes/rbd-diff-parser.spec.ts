import fc from 'fast-check';
import type { Extent } from '../device.ts';
import { RbdDiffParser } from './rbd-diff-parser.ts';

const SIZE = 2 ** 40;
/** A sample here; LIFEBOAT_FUZZ_RUNS=1000000 for many. */
const numRuns = Number(process.env['LIFEBOAT_FUZZ_RUNS'] ?? 300);

function parsed(pieces: readonly string[], size = SIZE): readonly Extent[] {
  const parser = new RbdDiffParser(size);
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
}

const textOf = (extents: readonly Extent[]): string =>
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

function cut(text: string, places: readonly number[]): readonly string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

const apart = (a: Extent | undefined, b: Extent): boolean => !a || a.offset + a.length < b.offset;

/** Our refusal, or extents of the device in order and apart: never another error. */
function soundOrRefused(pieces: readonly string[], size: number): boolean {
  try {
    return parsed(pieces, size).every(
      (one, index, all) => one.length > 0 && one.offset + one.length <= size && apart(all[index - 1], one),
    );
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'rbd-diff-unreadable';
  }
}

const places = fc.array(fc.nat(2_000), { maxLength: 6 });
const noise = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', '"', 'offset', ':', '0', '9', '\n', '"exists":"true"') }),
);

function isRefused(pieces: readonly string[]): boolean {
  try {
    parsed(pieces);
    return false;
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'rbd-diff-unreadable';
  }
}

describe('the reader of rbd diff', () => {
  it('reads what was written, whatever pieces it comes in', () => {
    const property = fc.property(someExtents, places, (extents, at) => {
      expect(parsed(cut(textOf(extents), at))).toEqual(merged(extents));
    });
    fc.assert(property, { numRuns });
  });

  it('refuses whatever was cut off', () => {
    const property = fc.property(someExtents, fc.nat(), places, (extents, length, at) => {
      const text = textOf(extents);
      return isRefused(cut(text.slice(0, length % text.length), at));
    });
    fc.assert(property, { numRuns });
  });

  it('gives out nothing outside the device, whatever was damaged', () => {
    const size = fc.integer({ min: 0, max: 2 ** 41 });
    const damage = fc.record({ at: fc.nat(), gone: fc.nat(40), put: noise });
    const property = fc.property(someExtents, damage, places, size, (extents, { at, gone, put }, pieces, bytes) => {
      const text = textOf(extents);
      const from = at % (text.length + 1);
      return soundOrRefused(cut(text.slice(0, from) + put + text.slice(from + gone), pieces), bytes);
    });
    fc.assert(property, { numRuns });
  });

  it('gives out nothing outside the device, whatever it is told', () =>
    fc.assert(
      fc.property(noise, places, (text, at) => soundOrRefused(cut(text, at), SIZE)),
      { numRuns },
    ));

  it('counts what was freed as changed', () =>
    expect(parsed(['[{"offset":0,"length":4096,"exists":"false"}]\n'])).toEqual([{ offset: 0, length: 4096 }]));

  it('takes no change for what it is', () => expect(parsed(['[]'])).toEqual([]));

  const one = '{"offset":0,"length":4096,"exists":"true"}';
  it.each([
    ['nothing at all', ''],
    ['a comma too many', `[${one},]`],
    ['two outputs', '[][]'],
    ['another field', '[{"offset":0,"length":4096,"exists":"true","zero":1}]'],
    ['a value of another type', '[{"offset":"0","length":4096,"exists":"true"}]'],
    ['a length of nothing', '[{"offset":0,"length":0,"exists":"true"}]'],
    ['what lies beyond the end', `[{"offset":${SIZE - 1},"length":2,"exists":"true"}]`],
    ['an offset that no number holds', '[{"offset":9999999999999999,"length":1,"exists":"true"}]'],
    ['what goes back', `[{"offset":8192,"length":4096,"exists":"true"},${one}]`],
    ['what overlaps', `[${one},{"offset":4095,"length":4096,"exists":"true"}]`],
    ['an error among it', `[${one},rbd: diff error`],
    ['the table', 'Offset  Length   Type\n0       4194304  data\n'],
  ])('refuses %s', (_, text) => {
    for (const pieces of [[text], [...text]]) expect(isRefused(pieces)).toBe(true);
  });

  it('gives out what it has while more comes', () =>
    expect([...new RbdDiffParser(SIZE).push(`[${one},{"offset":8192,"length":1,"exists":"true"}`)]).toEqual([
      { offset: 0, length: 4096 },
    ]));
});
