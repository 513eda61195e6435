import { timedOut } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is no longer undefined. For tests and the demo only: services never wait like this. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const end = Date.now() + (options.timeoutMs ?? 60_000);
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end)
      throw timedOut('waited-in-vain', `Waited ${(options.timeoutMs ?? 60_000) / 1000} s in vain for ${what}.`);
    await pause(options.everyMs ?? 250);
  }
}
