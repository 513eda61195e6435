import { setTimeout as pause } from 'node:timers/promises';

/** Asks once a second until the answer is one of those wanted. */
export async function until(what: string, wanted: RegExp, ask: () => Promise<string>, seconds = 180): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  for (let last = ''; Date.now() < deadline; await pause(1_000)) {
    last = await ask();
    if (wanted.test(last)) return;
    if (/error/i.test(last)) throw new Error(`${what} is ${last}`);
  }
  throw new Error(`${what} did not become ${String(wanted)} in ${seconds} s`);
}
