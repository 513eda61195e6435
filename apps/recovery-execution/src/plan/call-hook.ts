import type { Hook } from '@lifeboat/contracts';
import { external, invalidInput, unavailable } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { JsonRequest } from '@lifeboat/messaging';
import { postWebhook, runCommand } from '@lifeboat/replication-driver-api';
import type { Running } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import type { PlansFile } from './plans-file.ts';

/** What a hook is told, in the environment of a program (`LIFEBOAT_…`) or as JSON; `key` is the same for every repeat. */
export type HookFacts = Readonly<Record<'key' | 'run' | 'group' | 'when', string> & Record<string, Json>>;

export interface Calling {
  readonly file: PlansFile;
  readonly request: JsonRequest;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** For people: which hook. The address of a webhook without what might be a secret in it. */
export function hookText({ webhook, command, request }: Hook): string {
  if (webhook) return `webhook ${new URL(webhook.url).origin}${new URL(webhook.url).pathname}`;
  return command === undefined ? `request ${request}` : `command ${command}`;
}

const SAID_CHARACTERS = 500;

/** The end of what somebody said, for people; nothing where nothing was said. */
export function briefly(said: string): { readonly said?: string } {
  const brief = said.trim().slice(-SAID_CHARACTERS);
  return brief === '' ? {} : { said: brief };
}

/** `env` of a program; what is more than a word is JSON. */
export const environment = (facts: Readonly<Record<string, Json>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [
      `LIFEBOAT_${key.toUpperCase()}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

/** Throws `invalid-input` `plan-command-unknown`: it was there when the run was checked. */
export function commandOf(file: PlansFile, name: string): readonly [string, ...string[]] {
  const command = Object.hasOwn(file.commands, name) ? file.commands[name] : undefined;
  if (command) return command;
  throw invalidInput('plan-command-unknown', `The plans file has no command "${name}".`, {
    mend: 'Add it to "commands" in the file that LIFEBOAT_PLANS_FILE names at recovery-execution, and restart that.',
  });
}

/** What somebody who listens on a subject answers; anything else is no answer to this. */
const RequestAnswer = z.union([
  z.object({ done: z.literal(true), said: z.string().optional() }),
  z.object({ again: z.literal(true), said: z.string().optional() }),
  z.object({ failed: z.string() }),
]);

/** Calls it once. Answers what it said. Throws retryable errors when it is to be called again, others when it has failed. */
export async function callHook(hook: Hook, facts: HookFacts, calling: Calling): Promise<string> {
  const { file, timeoutMs, signal } = calling;
  const how: Running = { what: `Hook ${hookText(hook)}`, env: environment(facts), timeoutMs, signal };
  if (hook.command !== undefined) return runCommand(commandOf(file, hook.command), how);
  if (hook.request !== undefined) return ask(hook.request, facts, calling);
  const { url = '', signedBy } = hook.webhook ?? {};
  const secretFile = signedBy === undefined ? undefined : file.secrets[signedBy];
  if (signedBy !== undefined && secretFile === undefined)
    throw invalidInput('plan-secret-unknown', `The plans file has no secret "${signedBy}".`);
  return postWebhook({ url, secretFile }, facts.key, JSON.stringify(facts), how);
}

async function ask(subject: string, facts: HookFacts, { request, timeoutMs, signal }: Calling): Promise<string> {
  const answer = RequestAnswer.safeParse(await request(subject, facts, { timeoutMs, signal }));
  if (!answer.success)
    throw external('hook-answer-malformed', `What came back on ${subject} says neither done, nor again, nor failed.`, {
      retry: 'no',
      mend: 'Answer {"done": true}, {"again": true} or {"failed": "why"}.',
    });
  if ('failed' in answer.data)
    throw external('hook-failed', `Whoever answers on ${subject} says: ${answer.data.failed}`, { retry: 'no' });
  const { said = '' } = answer.data;
  if ('again' in answer.data)
    throw unavailable('hook-not-yet', `Whoever answers on ${subject} wants to be asked again. ${said}`);
  return said;
}
