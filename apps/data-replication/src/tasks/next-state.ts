import type { ErrorBody, VerbAnswered } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import type { Task } from './task.ts';

/** What an answer makes of a task. */
export type Next =
  | { readonly state: 'done'; readonly result: Json }
  | { readonly state: 'failed'; readonly error: ErrorBody }
  | {
      readonly state: 'waiting';
      readonly memo: Json | null;
      readonly afterMs: number;
      readonly failures: number;
      readonly progress?: number;
      /** Why it is tried again. */
      readonly problem?: ErrorBody;
    };

const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** A verb that fails for so long without a single good answer is given up. */
export const GIVE_UP_AFTER_MS = 10 * 60_000;

/** The first calls follow each other sooner than the driver asks: small disks on quick clouds are done long before. */
const soonerMs = (call: number): number => Math.round(100 * 1.4 ** Math.min(call, 30));

/** Pure. Failures count from the last good answer on, so a verb that runs for days survives many short outages. */
export function nextState(
  task: Pick<Task, 'call' | 'memo' | 'failures' | 'failingSince'>,
  answer: VerbAnswered,
  now: Date,
): Next {
  if (answer.status === 'done') return { state: 'done', result: answer.result as Json };
  if (answer.status === 'in-progress')
    return {
      state: 'waiting',
      memo: answer.memo as Json,
      afterMs: Math.min(answer.againMs, soonerMs(task.call)),
      failures: 0,
      ...(answer.progress !== undefined && { progress: answer.progress }),
    };
  const failingMs = task.failingSince ? now.getTime() - task.failingSince.getTime() : 0;
  if (answer.kind !== 'transient' || failingMs > GIVE_UP_AFTER_MS) return { state: 'failed', error: answer.error };
  const afterMs = BACKOFF_MS[Math.min(task.failures, BACKOFF_MS.length - 1)] ?? 500;
  return { state: 'waiting', memo: task.memo, afterMs, failures: task.failures + 1, problem: answer.error };
}
