import { chainFaults } from '@lifeboat/contracts';
import type { Evidence } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Command } from 'commander';
import { contextOf } from './context.ts';
import { age, print, say } from './output.ts';

const seconds = ({ target, reached }: Evidence['record']['rpo']): string =>
  `${reached === undefined ? '–' : reached.toFixed(1)}${target === undefined ? '' : ` / ${target}`}`;

const columns = {
  number: (e: Evidence) => e.sequence,
  run: (e: Evidence) => e.record.run.runId,
  kind: (e: Evidence) => e.record.run.kind,
  group: (e: Evidence) => e.record.run.groupId,
  outcome: (e: Evidence) => e.record.run.outcome,
  'asked by': (e: Evidence) => e.record.request?.by ?? '–',
  'decided by': (e: Evidence) => e.record.request?.approval?.decided?.by ?? '–',
  'RPO / wanted (s)': (e: Evidence) => seconds(e.record.rpo),
  'RTO / wanted (s)': (e: Evidence) => seconds(e.record.rto),
  unexplained: (e: Evidence) => e.record.receipt?.totals.unexplained ?? '–',
  recorded: (e: Evidence) => `${age(e.recordedAt)} ago`,
};

const FORMS = ['json', 'csv', 'html'] as const;
type Form = (typeof FORMS)[number];

function formOf(text: string): Form {
  const form = FORMS.find((one) => one === text);
  if (form) return form;
  throw invalidInput('evidence-form-unknown', `There is no evidence as "${text}".`, {
    mend: `Say one of: ${FORMS.join(', ')}.`,
  });
}

/** `lifeboat evidence …` */
export function evidenceCommands(program: Command): void {
  const evidence = program.command('evidence').description('what was recorded of runs, in a chain that only grows');

  evidence
    .command('list')
    .description('all that is recorded, oldest first')
    .action(async (_given: object, command: Command) => {
      const { api, options } = contextOf(command);
      print(await api.evidence.list(), columns, options);
    });

  evidence
    .command('show <runId>')
    .description('of one run: JSON, a table for spreadsheets, or a page to print')
    .option('--as <form>', FORMS.join(' | '), 'json')
    .action(async (runId: string, given: { as: string }, command: Command) => {
      process.stdout.write(await contextOf(command).api.evidence.of(runId, formOf(given.as)));
    });

  evidence
    .command('verify')
    .description('read the whole chain and compute its digests anew; exit code 1 when it does not hold')
    .option('--head <digest>', 'a last digest that you noted before: it must still be there')
    .action(async (given: { head?: string }, command: Command) => {
      const { api, options } = contextOf(command);
      const chain = await api.evidence.list();
      const faults = [...chainFaults(chain)];
      if (given.head !== undefined && !chain.some(({ digest }) => digest === given.head))
        faults.push({
          sequence: chain.length,
          message: `no record has the digest ${given.head}: the chain was cut off`,
        });
      const head = chain.at(-1)?.digest;
      if (options.json) print({ records: chain.length, head, faults }, {}, options);
      else print(faults, { number: (f) => f.sequence, fault: (f) => f.message }, options);
      say(
        faults.length === 0
          ? `${chain.length} records hold${head === undefined ? '' : `; note the last digest elsewhere: ${head}`}`
          : `${faults.length} faults in ${chain.length} records`,
      );
      if (faults.length > 0) process.exitCode = 1;
    });
}
