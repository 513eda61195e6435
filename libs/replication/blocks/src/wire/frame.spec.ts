import { FrameDecoder, encodeFrame } from './frame.ts';

const [one, other] = ['a', 'b'].map((text, n) => Buffer.concat(encodeFrame(n, 9, Buffer.from(text)))) as [
  Buffer,
  Buffer,
];

it.each([
  ['come again', [one, one]],
  ['do not begin at the beginning', [other]],
  ['come again later', [one, other, other]],
  ['come in another order', [other, one]],
])('frames that %s are refused', (_how, stream) => {
  const decoder = new FrameDecoder();
  expect(() => stream.flatMap((bytes) => [...decoder.push(bytes)])).toThrow(
    expect.objectContaining({ code: 'stream-broken' }),
  );
});
