import type { Duplex } from 'node:stream';

/** That wait to be worked on before the stream is told to wait. */
const MOST = 1024 * 1024;

/**
 * What a stream gives, piece by piece as it comes; its own iterator copies all that has come meanwhile into one. Ends with the stream, throws what it failed
 * with, and leaves it open when the reader goes away: who stops reading may have something to say yet.
 */
export async function* chunksOf(stream: Duplex): AsyncGenerator<Buffer> {
  const queue: Buffer[] = [];
  let [held, over] = [0, false];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const onData = (chunk: Buffer): void => {
    queue.push(chunk);
    held += chunk.length;
    if (held >= MOST) stream.pause();
    wake();
  };
  const onError = (error: Error): void => void (failure = error);
  const onEnd = (): void => {
    over = true;
    wake();
  };
  stream.on('data', onData).on('error', onError).on('end', onEnd).on('close', onEnd);
  try {
    for (;;) {
      const chunk = queue.shift();
      if (chunk) {
        held -= chunk.length;
        if (held < MOST && !over) stream.resume();
        yield chunk;
      } else if (over || stream.destroyed) {
        const cause = failure ?? stream.errored;
        if (cause) throw cause;
        if (!stream.readableEnded) throw new Error('It was closed before its end.');
        return;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stream.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd);
    stream.pause();
  }
}
