import { setTimeout as pause } from 'node:timers/promises';

/** One server-sent event: a Lifeboat event as published, by its subject. */
export interface LiveEvent {
  readonly type: string;
  readonly correlationId?: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const RECONNECT_MS = 500;

/** Reads a server-sent event stream, connecting again when it breaks. Ends quietly when aborted. */
export async function* readEvents(url: string, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  while (!signal.aborted) {
    try {
      const answer = await fetch(url, { signal, headers: { accept: 'text/event-stream' } });
      if (answer.body) yield* parse(answer.body.pipeThrough(new TextDecoderStream()));
    } catch (thrown) {
      if (signal.aborted) return;
      // A broken stream is normal (the gateway restarts); anything that is no connection error is a bug and must be seen.
      if (!(thrown instanceof TypeError)) throw thrown;
    }
    await pause(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function* parse(chunks: AsyncIterable<string>): AsyncGenerator<LiveEvent> {
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .join('\n');
      if (data) yield JSON.parse(data) as LiveEvent;
    }
  }
}
