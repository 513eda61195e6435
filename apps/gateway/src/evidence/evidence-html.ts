import type { Evidence, EvidenceRecord, RunRequest } from '@lifeboat/contracts';
import { escape, page, table, tile, tiles, timeline } from '@lifeboat/report';

const figure = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(1)} s`);
const beside = (target: number | undefined): string => (target === undefined ? '' : ` (wanted: ${target} s)`);

/** The evidence of one run as a page to print and to file. Pure. */
export function evidenceHtml(evidence: Evidence): string {
  const { run, steps } = evidence.record;
  return page(
    `Evidence ${evidence.sequence}: ${run.kind} of ${run.groupId}, ${run.outcome}`,
    [
      about(evidence.record),
      tiles(figures(evidence.record)),
      `<h2>Timeline</h2>${timeline({ ...run, steps })}`,
      said(evidence.record),
      `<h2>Place in the chain</h2>${table(['', ''], place(evidence))}`,
    ].join('\n'),
  );
}

function about({ run, request, primary, recovery, point, plan }: EvidenceRecord): string {
  const why = run.reason === undefined ? '' : `: “${escape(run.reason)}”`;
  return `<p>Run <code>${escape(run.runId)}</code>, asked for at ${escape(request?.at ?? run.startedAt)}${why}.
${primary === undefined ? '' : `From ${escape(primary)} to ${escape(recovery)}.`}
${point === undefined ? '' : `Recovery point <code>${escape(point)}</code>.`}
${plan === undefined ? '' : `By version ${plan.version} of the plan ${escape(plan.name)}.`}
${run.error === undefined ? '' : `<b class="bad">${escape(run.error.message)} (${escape(run.error.code)})</b>`}</p>`;
}

const figures = ({ rpo, rto, receipt, removal }: EvidenceRecord): readonly string[] => [
  tile(figure(rpo.reached), `RPO reached${beside(rpo.target)}`),
  tile(figure(rto.reached), `RTO reached${beside(rto.target)}`),
  ...(receipt
    ? [
        tile(receipt.totals.compared, 'fields compared'),
        tile(receipt.totals.dropped, 'fields dropped'),
        tile(receipt.totals.unexplained, 'unexplained'),
        tile(receipt.orphans.length, 'orphans'),
        tile(receipt.doubles.length, 'doubles'),
      ]
    : []),
  ...(removal ? [tile(`${removal.leaks.length} of ${removal.looked}`, 'objects left behind')] : []),
];

/** By operators, by its probes, by the run before it began, and by it in the end. */
function said({ request, acts, probes, fenced, traffic, servedByBoth, warnings, left }: EvidenceRecord): string {
  const words = acts.map(({ at, action, by }) => [at, action, by]);
  return [
    section('Asked for and approved', ['at', 'what', 'who', 'why'], request && asked(request)),
    `<h2>Who said what</h2>${words.length === 0 ? '<p>Nobody had to say anything.</p>' : table(['at', 'what', 'who'], words)}`,
    section(
      'Fence',
      ['at', 'by', 'outcome', 'said'],
      fenced?.map(({ at, hook, outcome, said: answer }) => [at, hook, outcome, answer ?? '']),
    ),
    section(
      'Probes',
      ['at', 'server', 'probe', 'outcome', 'said'],
      probes.map(({ at, server, probe, outcome, said: answer }) => [at, server ?? '', probe, outcome, answer ?? '']),
    ),
    section(
      'Traffic',
      ['at', 'what', 'outcome', 'before', 'after', 'said'],
      traffic?.map(({ at, switch: what, outcome, before, after, said: answer, mend }) => [
        at,
        what,
        outcome,
        before ?? '',
        after ?? '',
        [answer, mend].filter(Boolean).join(' '),
      ]),
    ),
    section(
      'May have served at both sides',
      ['server', 'from', 'until'],
      servedByBoth?.map(({ name, from, until }) => [name, from, until]),
    ),
    section(
      'Said before the run',
      ['where', 'what', 'mend'],
      warnings.map(({ where, message, mend }) => [where, message, mend ?? '']),
    ),
    section(
      'Left behind',
      ['what'],
      left.map((one) => [one]),
    ),
  ].join('\n');
}

/** Who, and by which policy; whoever reads it asks next who had that policy say so. */
function asked({ at, by, policy, approval }: RunRequest): readonly (readonly string[])[] {
  const set = policy.setAt === undefined ? '' : `, as set by ${policy.setBy ?? 'somebody'} at ${policy.setAt}`;
  const wanted = approval ? `to be approved by ${approval.lapsesAt}` : 'no approval is wanted';
  const decided = approval?.decided;
  return [
    [at, 'asked for', by ?? 'not said', `${wanted}, by policy ${policy.name}${set}`],
    ...(decided ? [[decided.at, decided.how, decided.by ?? 'nobody', decided.reason ?? '']] : []),
  ];
}

/** Nothing where there is nothing to say. */
const section = (title: string, head: Parameters<typeof table>[0], rows: Parameters<typeof table>[1] = []): string =>
  rows.length === 0 ? '' : `<h2>${title}</h2>${table(head, rows)}`;

const place = ({ record, recordedAt, before, digest }: Evidence): readonly (readonly string[])[] => [
  ['recorded at', recordedAt],
  ['digest of the record before', before === '' ? '(this is the first)' : before],
  ['digest of this one', digest],
  ...(record.receipt ? [['digest of the fidelity receipt', record.receipt.digest]] : []),
];
