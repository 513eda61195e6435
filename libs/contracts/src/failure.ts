import { ERROR_KINDS } from '@lifeboat/kernel';
import { z } from 'zod';
import type { Context } from './define.ts';
import { event } from './define.ts';

/** An error as it travels; `LifeboatError.toJSON()`. */
export const ErrorBody = z.object({
  kind: z.enum(ERROR_KINDS),
  code: z.string(),
  message: z.string(),
  mend: z.string().optional(),
  retry: z.enum(['yes', 'no']).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** Every context answers a command that it could not carry out with this event; `causationId` names the command. */
export const commandFailed = (context: Context) =>
  event({
    context,
    name: 'command-failed',
    summary: `${context} could not carry out a command.`,
    data: z.object({ command: z.string(), error: ErrorBody }),
    sample: {
      command: `lifeboat.cmd.${context}.example.v1`,
      error: { kind: 'conflict', code: 'example', message: 'An example.' },
    },
  });
