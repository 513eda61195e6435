import { setTimeout as pause } from 'node:timers/promises';

const SLICE_MS = 250;

/**
 * A bandwidth limit: bytes are let pass as the clock gives leave, at most a slice ahead of it, so that a link is neither flooded after a pause nor left
 * idle. Who comes first goes first. The limit may change at any time, and holds within a slice for those who wait as well; while there is none all pass at once.
 */
export function pacer(limit: () => number | undefined, signal: AbortSignal): (bytes: number) => Promise<void> {
  /** Leave that the clock gave before this is spent. */
  let spent = performance.now() - SLICE_MS;
  const pass = async (bytes: number): Promise<void> => {
    spent = Math.max(spent, performance.now() - SLICE_MS);
    for (let left = bytes; ;) {
      signal.throwIfAborted();
      const bytesPerSecond = limit();
      if (bytesPerSecond === undefined) return;
      const [now, needed] = [performance.now(), (left / bytesPerSecond) * 1_000];
      if (now - spent >= needed) {
        spent += needed;
        return;
      }
      const wait = Math.min(needed - (now - spent), SLICE_MS);
      left -= ((now - spent) / 1_000) * bytesPerSecond;
      spent = now;
      await pause(wait, undefined, { signal });
    }
  };
  let last: Promise<void> = Promise.resolve();
  return (bytes) => {
    last = last.then(() => pass(bytes));
    return last;
  };
}
