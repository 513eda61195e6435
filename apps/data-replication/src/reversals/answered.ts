import type { ReprotectDisk } from '@lifeboat/contracts';
import { resultOf } from '@lifeboat/replication-driver-api';
import type { Task } from '../tasks/task.ts';

/** Pure: what becomes of a disk when its driver was asked. Without an answer it is copied whole, or its application is left as it is; either is said. */
export function answered(expected: ReprotectDisk, task: Pick<Task, 'state' | 'result' | 'error'>): ReprotectDisk {
  if (task.state === 'done') {
    const { full, why = `${expected.driver} says so` } = resultOf(expected.driver, 'reverse', task.result);
    return full ? { ...expected, why, ...(expected.copy === 'deltas' && { copy: 'full' }) } : expected;
  }
  const { message, mend } = task.error ?? { message: `${expected.driver} was not done in time.` };
  const problem = mend === undefined ? message : `${message} ${mend}`;
  return expected.copy === 'deltas'
    ? { ...expected, copy: 'full', why: problem }
    : { ...expected, why: `its application was not turned round: ${problem}` };
}
