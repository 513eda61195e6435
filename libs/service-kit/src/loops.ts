import type { Logger } from '@lifeboat/telemetry';
import { setTimeout as pause } from 'node:timers/promises';

const RETRY_MS = 1_000;
const REPEAT_MS = 10_000;

/** Calls again and again, `everyMs` after the last call ended, until aborted; an error is logged and the next call comes. */
export async function loopFor(
  name: string,
  everyMs: number,
  call: () => Promise<void>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let wait = everyMs;
    try {
      await call();
    } catch (thrown) {
      if (!signal.aborted) log.warn({ err: thrown }, `${name} failed; it is tried again`);
      wait = Math.max(everyMs, RETRY_MS);
    }
    await pause(wait, undefined, { signal }).catch(() => undefined);
  }
}

/** Logs a problem when it begins and every ten seconds while it lasts: what is tried four times a second must not fill the disk. */
export function problemLog(log: Logger, signal: AbortSignal): (what: string, thrown: unknown) => void {
  const said = new Map<string, number>();
  return (what, thrown) => {
    if (signal.aborted || Date.now() - (said.get(what) ?? -Infinity) < REPEAT_MS) return;
    said.set(what, Date.now());
    log.warn({ err: thrown }, what);
  };
}
