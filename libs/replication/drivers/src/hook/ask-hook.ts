import { external, invalidInput } from '@lifeboat/kernel';
import { postWebhook, runCommand } from '@lifeboat/replication-driver-api';
import type { DriverIo, PointOfDisk } from '@lifeboat/replication-driver-api';
import type { z } from 'zod';
import { hookName, hookOf } from './hook-settings.ts';
import type { HookSettings, HookVerb } from './hook-settings.ts';

export interface Asked {
  readonly verb: HookVerb;
  readonly point: PointOfDisk;
  readonly runId?: string;
  readonly planned?: boolean;
}

/** What a hook is told, in the environment of a program or the body of a POST. */
function told({ verb, point, runId, planned }: Asked, name: string): Readonly<Record<string, string>> {
  const { pointId, groupId, disk } = point;
  return {
    verb,
    hook: name,
    group: groupId,
    point: pointId,
    disk: disk.id,
    disk_name: disk.name,
    ...(runId !== undefined && { run: runId }),
    ...(planned !== undefined && { planned: String(planned) }),
    // The same for every repeat, so that a hook can tell one from a new call.
    key: ['lifeboat', verb, groupId, name, runId ?? pointId].join(':'),
  };
}

const environment = (facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(facts).map(([key, value]) => [`LIFEBOAT_${key.toUpperCase()}`, value]));

/** Asks the disk's hook and answers what it said. Throws `invalid-input` `hook-unknown`, `hook-not-configured`, and as the action does. */
export async function askHook(settings: HookSettings | undefined, asked: Asked, io: DriverIo): Promise<string> {
  const { name, hook } = hookOf(settings, asked.point.disk);
  const what = `Hook "${name}", ${asked.verb}`;
  const action = hook[asked.verb];
  if (!action)
    throw invalidInput('hook-not-configured', `${what}: the drivers file of this worker says nothing of it.`, {
      mend: `Give drivers.hook.hooks.${name}.${asked.verb} a command or a url.`,
    });
  const facts = told(asked, name);
  const how = { what, env: environment(facts), timeoutMs: action.timeoutSeconds * 1_000, signal: io.signal };
  if ('command' in action) return runCommand(action.command, how);
  return postWebhook(action, facts['key'] ?? '', JSON.stringify(facts), how);
}

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

/** One hook may stand for several disks of a point: what changes something is asked for by the first of them alone. */
export function leads({ disk, together = [disk] }: PointOfDisk): boolean {
  const name = hookName(disk);
  return together.find((one) => hookName(one) === name)?.id === disk.id;
}
