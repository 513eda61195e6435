import type { ReprotectPreview } from '@lifeboat/api-client';
import type { ReprotectDisk, SourceServer } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { callerName } from './caller.ts';
import { contextOf } from './context.ts';
import { commitWindowOf } from './hold-input.ts';
import { readMappings } from './mappings-file.ts';
import { bytes, print, say } from './output.ts';
import type { OutputOptions } from './output.ts';
import { overridesOf } from './plan-input.ts';
import type { PlanOptions } from './plan-input.ts';
import { firstPointText } from './reprotect-text.ts';
import { followAsked } from './run.commands.ts';

interface Common {
  readonly by: string;
  readonly reason: string;
  readonly id?: string;
  readonly wait: boolean;
}

/** `lifeboat run reprotect` and `lifeboat run failback`. */
export function wayHomeCommands(run: Command): void {
  startReprotect(run);
  startFailback(run);
}

const servers = {
  server: (s: SourceServer) => s.name,
  id: (s: SourceServer) => s.id,
  status: (s: SourceServer) => s.status,
  so: (s: SourceServer) => (s.runs ? 'is stopped' : 'stays as it is'),
};

const disks = {
  disk: (d: ReprotectDisk) => `${d.kind} ${d.name}`,
  driver: (d: ReprotectDisk) => d.driver,
  copy: (d: ReprotectDisk) => d.copy,
  'at most': (d: ReprotectDisk) => bytes(d.bytes),
  why: (d: ReprotectDisk) => d.why,
};

function showPreview(preview: ReprotectPreview, options: OutputOptions): void {
  if (options.json) return print(preview, {}, options);
  say(`Protected at ${preview.primary}, towards ${preview.recovery}.`);
  say(`At ${preview.recovery}:`);
  print(preview.servers, servers, options);
  say('The first point:');
  print(preview.disks, disks, options);
  for (const line of firstPointText(preview)) say(line);
  say(
    preview.discards.length === 0
      ? 'No recovery point is discarded.'
      : `Recovery points that are discarded: ${preview.discards.join(', ')}`,
  );
}

function startReprotect(run: Command): void {
  run
    .command('reprotect <groupId>')
    .description('protect a group that was failed over where it runs now, towards the site that it came from')
    .option('--preview', 'say what would be done, and do nothing', false)
    .option('--mappings <file>', 'for the way back, as JSON; in place of the inverse of the former ones')
    .option('--by <name>', 'who asks, for the record', callerName())
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .option('--id <runId>', 'an id of yours: asking twice starts one')
    .option('--no-wait', 'do not follow it')
    .action(async (groupId: string, given: Common & { preview: boolean; mappings?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const mapped = given.mappings === undefined ? {} : { mappings: readMappings(given.mappings) };
      if (given.preview) return showPreview(await api.groups.previewReprotect(groupId, mapped.mappings), options);
      const asked = await api.runs.start(given.id ?? newId(), {
        kind: 'reprotect',
        groupId,
        by: given.by,
        reason: given.reason,
        ...mapped,
      });
      say(`trace ${api.traceId}`);
      await followAsked(api, asked, given.wait, options);
    });
}

interface FailbackOptions extends Common, PlanOptions {
  readonly commitWindow?: string;
  readonly whenOver: string;
}

function startFailback(run: Command): void {
  run
    .command('failback <groupId>')
    .description('bring a re-protected group home: a planned failover to its first home; nothing is lost')
    .option('--commit-window <time>', 'look before it is committed: 30m, then "run commit" or "run abort"')
    .option('--when-over <what>', 'commit | roll-back: what happens when nobody said anything by then', 'roll-back')
    .option('--plan-version <number>', "by this version of the group's plan; else the newest")
    .option('--skip-prompts', 'ask nobody what the plan would ask', false)
    .option('--by <name>', 'who asks, for the record', callerName())
    .option('--reason <text>', 'for the record', 'asked for by the CLI')
    .option('--id <runId>', 'an id of yours: asking twice starts one')
    .option('--no-wait', 'do not follow it')
    .action(async (groupId: string, given: FailbackOptions, command: Command) => {
      const { api, options } = contextOf(command);
      const asked = await api.runs.start(given.id ?? newId(), {
        kind: 'failback',
        groupId,
        by: given.by,
        reason: given.reason,
        ...commitWindowOf(given),
        ...overridesOf(given),
      });
      say(`trace ${api.traceId}`);
      await followAsked(api, asked, given.wait, options);
    });
}
