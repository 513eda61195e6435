import { z } from 'zod';
import { ErrorBody } from '../failure.ts';

/** What a data-worker answers: the outcome of one driver verb. Subject: `lifeboat.site.<site>.answer.verb-answered.v1`. */
export const VerbAnswered = z.discriminatedUnion('status', [
  z.object({ status: z.literal('done'), result: z.json(), bytes: z.number() }),
  z.object({
    status: z.literal('in-progress'),
    memo: z.json(),
    againMs: z.number(),
    progress: z.number().optional(),
    bytes: z.number(),
  }),
  z.object({
    status: z.literal('failed'),
    kind: z.enum(['transient', 'permanent', 'misconfigured']),
    error: ErrorBody,
    bytes: z.number(),
  }),
]);
export type VerbAnswered = z.infer<typeof VerbAnswered>;
