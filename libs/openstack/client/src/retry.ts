import { setTimeout as pause } from 'node:timers/promises';

export const TRIES = 5;
const BASE_MS = 200;
const LONGEST_MS = 10_000;

/** How long the server asks us to wait, in ms: seconds or a date (RFC 9110). */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** Doubling with jitter, or what the server asked for. */
export function backOffMs(tries: number, asked: number | undefined, random: () => number = Math.random): number {
  return asked ?? Math.min(LONGEST_MS, BASE_MS * 2 ** (tries - 1)) * (0.5 + random() / 2);
}

export const waitFor = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  pause(ms, undefined, signal ? { signal } : {});
