import { external } from '@lifeboat/kernel';
import type { Lag } from '@lifeboat/replication-driver-api';
import { z } from 'zod';

/** An answer that must be JSON. Throws `external` `hook-answer-malformed`. */
export function answerAs<T>(schema: z.ZodType<T>, said: string, what: string): T {
  const malformed = (why: string) =>
    external('hook-answer-malformed', `${what} answered what cannot be used: ${why}. It said: ${said.slice(-4_096)}`, {
      retry: 'no',
      mend: 'Let it write one JSON object to its standard output, and all else to its standard error.',
    });
  let raw: unknown;
  try {
    raw = JSON.parse(said.trim() === '' ? '{}' : said);
  } catch (thrown) {
    throw malformed((thrown as Error).message);
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw malformed(parsed.error.issues.map(({ message }) => message).join('; '));
  return parsed.data;
}

/** What may be answered; more is not looked at. */
const LagAnswer = z.object({
  seconds: z.number().min(0),
  bytes: z.number().min(0).optional(),
  healthy: z.boolean().default(true),
  problem: z.string().optional(),
});

export function lagIn(said: string, what: string): Lag {
  const { healthy, seconds, bytes, problem } = answerAs(LagAnswer, said, what);
  return {
    healthy,
    seconds,
    ...(bytes !== undefined && { bytes }),
    ...(!healthy && { problem: problem ?? 'it says that replication is not healthy, and not why' }),
  };
}

/** Whether the target has all that was written by that instant. Throws `external` `replication-unhealthy`. */
export function hasCaughtUp(lag: Lag, requestedAt: string, now: string, what: string): boolean {
  if (!lag.healthy) throw external('replication-unhealthy', `${what}: ${lag.problem}`, { retry: 'yes' });
  return lag.bytes === 0 || Date.parse(now) - (lag.seconds ?? 0) * 1_000 >= Date.parse(requestedAt);
}
