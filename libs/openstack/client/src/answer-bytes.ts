import { Readable } from 'node:stream';
import type { CallFacts } from './http-errors.ts';
import { lostError } from './no-answer.ts';
import type { RawAnswer } from './transport.ts';

/**
 * The bytes of an answer, without the first `skipped`, as a stream that breaks with one of our errors. Whatever becomes of it, read to its end,
 * destroyed or never begun, the connection under it is given back or closed.
 */
export function answerBytes(answer: RawAnswer, skipped: number, facts: CallFacts): Readable {
  const { stream } = answer;
  // The generator below hears of errors; but it may never be started, and an error without a listener ends the process.
  stream.on('error', () => undefined);
  const bytes = Readable.from(after(stream, skipped, facts), { objectMode: false });
  return bytes.once('close', () => stream.destroy());
}

async function* after(stream: Readable, skipped: number, facts: CallFacts): AsyncGenerator<Buffer> {
  let left = skipped;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (chunk.length > left) yield left === 0 ? chunk : chunk.subarray(left);
      left = Math.max(0, left - chunk.length);
    }
  } catch (thrown) {
    throw thrown instanceof Error && thrown.name === 'AbortError' ? thrown : lostError(facts, thrown);
  }
}

/** How many bytes the whole thing has, of which the answer may be the rest. */
export function wholeSize(answer: RawAnswer): number | undefined {
  const whole = answer.status === 206 ? answer.header('content-range')?.split('/')[1] : answer.header('content-length');
  return whole === undefined || whole === '*' ? undefined : Number(whole);
}

/** Whether the answer begins where it was asked to; a server that knows no ranges sends all. */
export const beginsAt = (answer: RawAnswer, from: number): boolean =>
  answer.status === 206 && answer.header('content-range')?.startsWith(`bytes ${from}-`) === true;
