import type { Readable } from 'node:stream';

/**
 * All of an answer as text, made of its pieces as they come. Gathered as bytes first, the pieces and their whole are megabytes outside of V8's heap: it hardly
 * sees them, and lets those of many pages lie long after they are dead.
 */
export async function answerText(stream: Readable): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const piece of stream as AsyncIterable<string>) text += piece;
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

const BYTE_ORDER_MARK = '\uFEFF';
