import { z } from 'zod';
import { request } from '../define.ts';

export const HoldVerb = request({
  context: 'data',
  name: 'hold-verb',
  summary:
    'A worker asks for a verb before it runs it, and again every other second while it does: the proof that it lives.',
  input: z.object({
    taskId: z.string(),
    call: z.number().int().min(1),
    /** Names one process of a worker, not the worker. */
    worker: z.string(),
    /** Moved by this call so far. */
    bytes: z.number(),
  }),
  /** `false`: not wanted any more, or another worker is at it. Nothing may be begun, and what runs must end. */
  output: z.object({
    held: z.boolean(),
    /** The most that this call may send from now on; absent: as fast as it goes. */
    bytesPerSecond: z.number().int().min(1).optional(),
  }),
});
