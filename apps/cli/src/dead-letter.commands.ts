import type { DeadLetter } from '@lifeboat/api-client';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { print, say } from './output.ts';

const columns = {
  sequence: (d: DeadLetter) => d.sequence,
  at: (d: DeadLetter) => d.at,
  subject: (d: DeadLetter) => d.subject,
  reason: (d: DeadLetter) => d.reason,
};

/** `lifeboat dead-letter …` */
export function deadLetterCommands(program: Command): void {
  const dead = program.command('dead-letter').description('messages that could not be handled');

  dead
    .command('list')
    .description('all of them, with the reason')
    .action(async (_o: unknown, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.deadLetters.list(), columns, options);
    });

  dead
    .command('replay <sequence>')
    .description('hand it to its consumer again, as a new attempt')
    .action(async (sequence: string, _o: unknown, command: Command) => {
      await contextOf(command).api.deadLetters.replay(Number(sequence));
      say(`Dead letter ${sequence} is on its way again.`);
    });

  dead
    .command('drop <sequence>')
    .description('delete it')
    .action(async (sequence: string, _o: unknown, command: Command) => {
      await contextOf(command).api.deadLetters.drop(Number(sequence));
      say(`Dead letter ${sequence} is deleted.`);
    });
}
