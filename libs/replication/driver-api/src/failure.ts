import { asLifeboatError, unavailable } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { FailureKind, Outcome } from './driver.ts';
import { failed } from './driver.ts';

/** Somebody has to give room or rights; waiting does not. */
const MISCONFIGURED = new Set(['quota-exceeded', 'driver-unknown', 'site-not-in-clouds-yaml']);

/** Not known to have failed: drivers look for what they made, so the same verb is simply called again. */
const UNCERTAIN = new Set(['outcome-unknown']);

export function kindOf(error: LifeboatError): FailureKind {
  if (error.retryable || UNCERTAIN.has(error.code)) return 'transient';
  return error.kind === 'forbidden' || MISCONFIGURED.has(error.code) ? 'misconfigured' : 'permanent';
}

/** What a driver threw, as an outcome. Whatever it is when the work was taken away, it says nothing about the work. */
export function failureOf(thrown: unknown, signal: AbortSignal): Outcome<never> {
  const error = signal.aborted
    ? unavailable('verb-taken-away', 'The work was taken away before it was done.', { cause: thrown })
    : asLifeboatError(thrown);
  return failed(kindOf(error), error);
}
