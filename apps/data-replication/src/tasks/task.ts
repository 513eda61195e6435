import type { ErrorBody, RunVerb } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';

/** One driver verb for one disk, from the first call to its end. The record of it: what a worker knows, it was told from here. */
export interface Task {
  readonly id: string;
  readonly commandId: string;
  /** Point or run whose disks it works on. */
  readonly ownerId: string;
  /** Whose worker is asked. */
  readonly site: string;
  readonly request: Omit<RunVerb, 'taskId' | 'call' | 'memo'>;
  readonly state: 'waiting' | 'asked' | 'done' | 'failed' | 'cancelled';
  readonly call: number;
  readonly memo: Json | null;
  readonly result: Json | null;
  readonly error: ErrorBody | null;
  readonly bytes: number;
  readonly failures: number;
  readonly failingSince: Date | null;
}

export type NewTask = Pick<Task, 'id' | 'commandId' | 'ownerId' | 'site' | 'request'>;
