import { setTimeout as pause } from 'node:timers/promises';

export const TRIES = 5;
/** A call may be one too many several times over while many learn what a service allows. */
export const REFUSALS = 20;
const BASE_MS = 200;
const LONGEST_MS = 10_000;
/** Who is told to wait longer than this tells its caller instead, who has better things to do. */
export const LONGEST_ASKED_MS = 60_000;

/** How long the server asks us to wait, in ms: seconds or a date (RFC 9110). */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** Doubling with jitter; never sooner than the server asked for. "At once" (`Retry-After: 0`, as Cinder says) asks for nothing. */
export function backOffMs(tries: number, asked: number | undefined, random: () => number = Math.random): number {
  const own = Math.min(LONGEST_MS, BASE_MS * 2 ** (tries - 1)) * (0.5 + random() / 2);
  return asked ? asked + random() * BASE_MS : own;
}

/** Refused before it was handled: then even a create is safe to send again. Any other 5xx may come after the effect. */
export const refusedUnhandled = (status: number, retryAfter: string | undefined): boolean =>
  status === 429 || (retryAfter !== undefined && (status === 413 || status === 503));

export const waitFor = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  pause(ms, undefined, signal ? { signal } : {});
