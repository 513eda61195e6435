import type { Command } from 'commander';
import { callerName } from './caller.ts';
import { contextOf } from './context.ts';
import { say } from './output.ts';

interface Said {
  readonly by: string;
  readonly reason: string;
}

const deciding = (run: Command, name: string): Command =>
  run
    .command(`${name} <runId>`)
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--by <name>', 'who says so, for the record', callerName());

/** `lifeboat run approve|refuse` */
export function approvalCommands(run: Command): void {
  deciding(run, 'approve')
    .description('approve a run that somebody else asked for; it is checked once more, and begins')
    .action(async (runId: string, { by, reason }: Said, command: Command) => {
      await contextOf(command).api.runs.approve(runId, by, reason);
      say(`Run ${runId} was approved, and begins: "lifeboat run watch ${runId}".`);
    });

  deciding(run, 'refuse')
    .description('refuse a run that awaits approval, or take back what you have asked for; it never begins')
    .action(async (runId: string, { by, reason }: Said, command: Command) => {
      await contextOf(command).api.runs.refuse(runId, by, reason);
      say(`Run ${runId} was refused, and never begins.`);
    });
}
