import type { Extent } from '../device.ts';
import { RbdDiffParser } from './rbd-diff-parser.ts';

const SIZE = 2 ** 40;

function parsed(pieces: readonly string[], size = SIZE): readonly Extent[] {
  const parser = new RbdDiffParser(size);
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
}

function isRefused(pieces: readonly string[]): boolean {
  try {
    parsed(pieces);
    return false;
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'rbd-diff-unreadable';
  }
}

describe('the reader of rbd diff', () => {
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
    for (const pieces of [[text], text.split('')]) expect(isRefused(pieces)).toBe(true);
  });

  it('gives out what it has while more comes', () =>
    expect([...new RbdDiffParser(SIZE).push(`[${one},{"offset":8192,"length":1,"exists":"true"}`)]).toEqual([
      { offset: 0, length: 4096 },
    ]));
});
