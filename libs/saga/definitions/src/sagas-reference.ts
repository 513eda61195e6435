import { diagramOf, outlineOf } from '@lifeboat/saga-engine';
import type { OutlineStep, SagaDefinition } from '@lifeboat/saga-engine';

/** The text of docs/reference/sagas.md. */
export const referenceOf = (sagas: readonly SagaDefinition[]): string =>
  [
    '# Sagas',
    '',
    'Generated from `libs/saga/definitions`; a test fails when it is out of date. Steps run from the top to the bottom; those of one row of the picture side by side.',
    'When a step fails before the point of no return (or the run is aborted, or its deadline passes), every step that was started is undone, answered or not,',
    'the last first. After it there is only forward: failed steps are tried again, then an operator is asked.',
    'Rows with a name in quotes stand for each wave of the [plan](../how-to/write-a-plan.md) that a run goes by, as far as the wave has what they are for; here of one wave, "data".',
    ...sagas.flatMap((definition) => ['', ...section(definition)]),
    '',
  ].join('\n');

const section = (definition: SagaDefinition): readonly string[] => [
  `## ${definition.name}, version ${definition.version}`,
  '',
  [
    `Started by \`${definition.start.subject}\`.`,
    `Deadline: ${duration(definition.deadlineMs)}.`,
    ...(definition.supersedes.length > 0 ? [`Takes the place of: ${definition.supersedes.join(', ')}.`] : []),
  ].join(' '),
  '',
  '```mermaid',
  diagramOf(definition),
  '```',
  '',
  '| Step | Command | Undo | No answer within | Tried again |',
  '| --- | --- | --- | --- | --- |',
  ...outlineOf(definition).map(row),
];

const row = ({ name, pivot, send, word, undo, withinMs, retry }: OutlineStep): string =>
  [
    '',
    pivot ? `**${name}** (point of no return)` : name,
    send
      ? `\`${send.command.context}.${send.command.name}\``
      : `held, until somebody says "${word}" or its time is over`,
    undo ? `\`${undo.command.context}.${undo.command.name}\`` : '–',
    withinMs === undefined ? '–' : duration(withinMs),
    retry ? `${retry.times} times, every ${duration(retry.everyMs)}` : '–',
    '',
  ]
    .join(' | ')
    .trim();

const duration = (ms: number): string => {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
};
