import { asLifeboatError } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { FailureKind, Outcome } from './driver.ts';
import { failed } from './driver.ts';

/** Somebody has to give room or rights; waiting does not. */
const MISCONFIGURED = new Set(['quota-exceeded', 'driver-unknown', 'site-unknown']);

/** Not known to have failed: drivers look for what they made, so the same verb is simply called again. */
const UNCERTAIN = new Set(['outcome-unknown', 'verb-taken-away']);

export function kindOf(error: LifeboatError): FailureKind {
  if (error.retryable || UNCERTAIN.has(error.code)) return 'transient';
  return error.kind === 'forbidden' || MISCONFIGURED.has(error.code) ? 'misconfigured' : 'permanent';
}

/** What a driver threw, as an outcome. */
export function failureOf(thrown: unknown): Outcome<never> {
  const error = asLifeboatError(thrown);
  return failed(kindOf(error), error);
}
