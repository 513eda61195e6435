import type { Evidence } from '@lifeboat/contracts';

/** RFC 4180; a cell that a spreadsheet would take for a formula is kept from being one. */
const cell = (value: unknown): string => {
  const text = String(value ?? '');
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
};

const HEAD = [
  'sequence',
  'run',
  'kind',
  'group',
  'outcome',
  'what',
  'name',
  'state',
  'from',
  'to',
  'attempts',
  'by',
  'error',
  'reason',
];

/** One line for the run, one for who asked for it and one for who approved it or did not, one for each of its steps, probes and traffic switches, and one for each word of an operator. Pure. */
export function evidenceCsv({ sequence, record }: Evidence): string {
  const { run, request, steps, probes, traffic = [], acts } = record;
  const decided = request?.approval?.decided;
  const of = [sequence, run.runId, run.kind, run.groupId, run.outcome];
  const rows = [
    HEAD,
    [...of, 'run', '', run.outcome, run.startedAt, run.endedAt, '', '', run.error?.code, run.reason],
    ...(request ? [[...of, 'request', request.policy.name, '', request.at, '', '', request.by]] : []),
    ...(decided ? [[...of, 'approval', '', decided.how, '', decided.at, '', decided.by, '', decided.reason]] : []),
    ...steps.map((one) => [
      ...of,
      'step',
      one.name,
      one.state,
      one.startedAt,
      one.endedAt,
      one.attempts,
      '',
      one.error?.code,
    ]),
    ...probes.map(({ at, server, probe, outcome }) => [
      ...of,
      'probe',
      server === undefined ? probe : `${probe} of ${server}`,
      outcome,
      '',
      at,
    ]),
    ...traffic.map(({ at, switch: what, outcome }) => [...of, 'switch', what, outcome, '', at]),
    ...acts.map(({ at, action, by }) => [...of, 'act', action, '', at, '', '', by, '']),
  ];
  return rows.map((row) => `${HEAD.map((_column, n) => cell(row[n])).join(',')}\r\n`).join('');
}
