import { compareBytes } from './compare-bytes.ts';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe('comparing bytes', () => {
  it('does not care how they are cut', async () => {
    expect(await compareBytes(chunks('abc', '', 'defg'), chunks('a', 'bcdef', 'g'))).toEqual({ bytes: 7, equal: true });
  });

  it('says how far they are equal', async () =>
    expect(await compareBytes(chunks('ab', 'cdef'), chunks('abcdXf'))).toEqual({ bytes: 4, equal: false }));

  it.each([
    ['one differs', chunks('abcd'), chunks('abXd')],
    ['the first is longer', chunks('abcd'), chunks('abc')],
    ['the second is longer', chunks('abc'), chunks('abc', 'd')],
  ])('says when %s', async (_what, a, b) => expect((await compareBytes(a, b)).equal).toBe(false));
});
