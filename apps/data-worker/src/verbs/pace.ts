import { setTimeout as pause } from 'node:timers/promises';

const SLICE_MS = 250;

/**
 * A bandwidth limit: bytes are let pass as the clock gives leave, at most a slice ahead of it, so that a link is neither flooded after a pause nor left
 * idle. The limit may change at any time; while there is none all pass at once.
 */
export function pacer(limit: () => number | undefined, signal: AbortSignal): (bytes: number) => Promise<void> {
  let free = 0;
  return async (bytes) => {
    signal.throwIfAborted();
    const bytesPerSecond = limit();
    if (bytesPerSecond === undefined) return;
    free = Math.max(free, performance.now() - SLICE_MS) + (bytes / bytesPerSecond) * 1_000;
    const wait = free - performance.now();
    if (wait > 0) await pause(wait, undefined, { signal });
  };
}
