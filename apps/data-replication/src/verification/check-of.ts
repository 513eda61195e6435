import type { DiskCheck } from '@lifeboat/contracts';
import { resultOf } from '@lifeboat/replication-driver-api';
import type { PointDisk } from '../points/points.ts';
import type { Task } from '../tasks/task.ts';

/** Pure: what is known of the check of a disk; without a task its driver offers none. */
export function checkOf(
  { disk, driver }: Pick<PointDisk, 'disk' | 'driver'>,
  task: Pick<Task, 'state' | 'result' | 'error' | 'bytes'> | undefined,
): DiskCheck {
  const of = { diskKind: disk.kind, diskId: disk.id, name: disk.name, driver };
  if (!task)
    return {
      ...of,
      outcome: 'not-offered',
      reason: `Driver ${driver} cannot read its points again: a drill shows them.`,
    };
  if (task.state === 'failed') return { ...of, outcome: 'failed', reason: task.error?.message ?? 'It failed.' };
  if (task.state === 'cancelled') return { ...of, outcome: 'failed', reason: 'The point is being removed.' };
  if (task.state !== 'done') return { ...of, outcome: 'running', bytes: task.bytes };
  const { equal, bytes, differs } = resultOf(driver, 'verify', task.result);
  return {
    ...of,
    outcome: equal ? 'equal' : 'differs',
    bytes,
    ...(differs && { differs: differs.map((one) => ({ ...one })) }),
  };
}
