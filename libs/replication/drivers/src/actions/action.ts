import { postWebhook, runCommand } from '@lifeboat/replication-driver-api';
import type { DriverIo } from '@lifeboat/replication-driver-api';
import { z } from 'zod';

const timeoutSeconds = z.number().min(1).max(3_600).default(60);

/** Something that others do for a driver: a program of the worker's host, without a shell, or a POST. */
export const Action = z.union([
  z.strictObject({
    /** The program by its full path, and its arguments. */
    command: z.tuple([z.string().startsWith('/')], z.string()),
    timeoutSeconds,
  }),
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    /** A file whose content, without blanks around it, is the key of the signature. */
    secretFile: z.string().min(1),
    timeoutSeconds,
  }),
]);
export type Action = z.infer<typeof Action>;

/** What an action is told, in the environment of a program or the body of a POST; the same `key` for every repeat, so that it can tell one from a new call. */
export type Facts = Readonly<Record<string, string>> & { readonly key: string };

const environment = (facts: Facts): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(facts).map(([key, value]) => [`LIFEBOAT_${key.toUpperCase()}`, value]));

/** Answers what it said. Throws as `runCommand` and `postWebhook` do. */
export async function carryOut(
  action: Action,
  what: string,
  facts: Facts,
  { signal }: Pick<DriverIo, 'signal'>,
): Promise<string> {
  const how = { what, env: environment(facts), timeoutMs: action.timeoutSeconds * 1_000, signal };
  if ('command' in action) return runCommand(action.command, how);
  return postWebhook(action, facts.key, JSON.stringify(facts), how);
}
