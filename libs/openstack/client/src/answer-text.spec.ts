import { Readable } from 'node:stream';
import { answerText } from './answer-text.ts';

const inPieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size)),
    { objectMode: false },
  );

describe('the text of an answer', () => {
  it.each([1, 2, 3, 1_000])('is whole, whatever its pieces of %i bytes cut apart', async (size) => {
    const text = '{"name":"Zürich – 東京 🛟"}';
    expect(await answerText(inPieces(Buffer.from(text), size))).toBe(text);
  });

  it('begins after a byte order mark', async () => {
    expect(await answerText(inPieces(Buffer.from('\uFEFF{}'), 2))).toBe('{}');
  });

  it('is none when it breaks off', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('{"a"');
        throw new Error('gone');
      })(),
      { objectMode: false },
    );
    await expect(answerText(broken)).rejects.toThrow('gone');
  });
});
