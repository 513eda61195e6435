import { bug } from '@lifeboat/kernel';
import type { Call } from './script.ts';

const REFERENCE = /\$\{(\d+)\.([\w.]+)\}/g;

export const isSymbolic = (text: string): boolean => text.includes('${');

/** The calls that something refers to, with the fields of their answers. Pure. */
export const referencesIn = (value: unknown): readonly { readonly n: number; readonly field: string }[] =>
  [...JSON.stringify(value ?? null).matchAll(REFERENCE)].map(([, n, field]) => ({ n: Number(n), field: field ?? '' }));

/** What a call needs before it is made: not what it makes itself. */
const neededBy = ({ n: _n, makes, wait: _wait, keeps: _keeps, ...rest }: Call): unknown => ({
  ...rest,
  find: makes?.find,
});

/** Each call with the fields of its answer that anything refers to. Pure. */
export function withKept(calls: readonly Call[], ...others: readonly unknown[]): readonly Call[] {
  const kept = new Map<number, Set<string>>();
  for (const { n, field } of referencesIn([calls, ...others])) kept.set(n, (kept.get(n) ?? new Set()).add(field));
  return calls.map((call) => ({
    ...call,
    keeps: [...new Set([...(call.makes ? [call.makes.id] : []), ...(kept.get(call.n) ?? [])])].toSorted(),
  }));
}

/** Throws `bug` `reference-unresolved` where a call refers to what no earlier call answers. Pure. */
export function checkReferences(calls: readonly Call[], ...others: readonly unknown[]): void {
  const answered = new Set<number>();
  const check = (value: unknown, what: string): void => {
    for (const { n, field } of referencesIn(value))
      if (!answered.has(n))
        throw bug('reference-unresolved', `${what} refers to "${field}" of call ${n}, which is no earlier one.`);
  };
  for (const call of calls) {
    check(neededBy(call), `Call ${call.n} (${call.what})`);
    answered.add(call.n);
    check(call, `Call ${call.n} (${call.what})`);
  }
  check(others, 'The undo');
}
