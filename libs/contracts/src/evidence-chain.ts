import { digestOf } from '@lifeboat/kernel';
import type { Evidence } from './values.ts';

/** What a record's `digest` must be. Pure. */
export const evidenceDigest = ({ sequence, recordedAt, record, before }: Omit<Evidence, 'digest'>): string =>
  digestOf({ sequence, recordedAt, record, before });

export interface ChainFault {
  readonly sequence: number;
  readonly message: string;
}

/**
 * What does not hold in a chain of records, given from the first on and in order; empty when it is whole. That its end was cut off no chain can tell: note the last
 * digest elsewhere, and look for it later. Pure.
 */
export function chainFaults(chain: readonly Evidence[]): readonly ChainFault[] {
  return chain.flatMap((one, at) => {
    const faults: string[] = [];
    const [expected, before] = [at + 1, chain[at - 1]?.digest ?? ''];
    if (one.sequence !== expected)
      faults.push(`it is number ${one.sequence} at place ${expected}: a record is missing or was put in`);
    if (one.before !== before) faults.push('it does not follow the record before it');
    if (one.digest !== evidenceDigest(one)) faults.push('it is not what was recorded');
    return faults.map((message) => ({ sequence: one.sequence, message }));
  });
}
