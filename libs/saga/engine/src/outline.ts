import type { CommandDef } from '@lifeboat/contracts';
import type { ErrorDetails } from '@lifeboat/kernel';
import type { Row, SagaDefinition, Sending, Stage, Step, Word } from './definition.ts';
import { expanded } from './stages.ts';

/** A row of the table with its commands named; `stage` counts from 0, steps of one stage run side by side. */
export interface OutlineStep {
  readonly name: string;
  readonly stage: number;
  readonly pivot: boolean;
  /** Absent for a hold, which waits for a `word`. */
  readonly send?: Sending;
  readonly word?: Word;
  readonly undo?: Sending;
  readonly withinMs?: number;
  readonly retry?: Step['retry'];
}

const EXAMPLE: ErrorDetails = { kind: 'conflict', code: 'run-aborted', message: 'An example.' };

/** Walks a definition from its start's sample along its commands' sampled answers, which say what lists hold, too: what it sends, without running it. */
export function outlineOf(definition: SagaDefinition): readonly OutlineStep[] {
  let state = definition.start.sample as Readonly<Record<string, unknown>>;
  let at = 0;
  const walk = (rows: readonly Row[]): readonly OutlineStep[] => {
    const [known, stage] = [state as never, at++];
    return rows.map((row) => {
      const send = row.send?.(known);
      state = { ...state, ...(send && row.keep?.(send.command.answer.sample as never)) };
      return outlined(row, stage, { send, undo: row.undo?.(known, EXAMPLE) });
    });
  };
  return definition.stages.flatMap((stage: Stage) => expanded(stage, state).flatMap(walk));
}

function outlined(
  { name, pivot, hold, withinMs, retry }: Row,
  stage: number,
  { send, undo }: { readonly send: Sending | undefined; readonly undo: Sending | undefined },
): OutlineStep {
  return {
    name,
    stage,
    pivot,
    ...(send && { send }),
    ...(hold && { word: hold.word }),
    ...(undo && { undo }),
    ...(withinMs !== undefined && { withinMs }),
    ...(retry && { retry }),
  };
}

/** The definition as a Mermaid flowchart: forward in rows, undo as dotted arrows back, the pivot as a hexagon, holds rounded. */
export function diagramOf(definition: SagaDefinition): string {
  const steps = outlineOf(definition);
  const stages = [...Map.groupBy(steps, (s) => s.stage).values()];
  const id = (s: OutlineStep): string => `s${steps.indexOf(s)}`;
  const nodes = steps.map((s) => `  ${id(s)}${shapeOf(s)}`);
  const arrows = stages.flatMap((stage, i) => {
    const next = stages[i + 1]?.map(id) ?? ['completed'];
    return [`  ${stage.map(id).join(' & ')} --> ${next.join(' & ')}`];
  });
  const undos = steps.flatMap((s) => (s.undo ? [`  ${id(s)} -. undo .-> u${id(s)}("${nameOf(s.undo.command)}")`] : []));
  return ['flowchart TD', `  start(["${nameOf(definition.start)}"]) --> ${stages[0]?.map(id).join(' & ')}`]
    .concat(nodes, arrows, '  completed(["completed"])', undos)
    .join('\n');
}

const nameOf = ({ context, name }: CommandDef): string => `${context}.${name}`;
const label = (s: OutlineStep): string =>
  `${s.name.replaceAll('"', '&quot;')}<br/><small>${s.send ? nameOf(s.send.command) : `held, until &quot;${s.word}&quot;`}</small>`;

function shapeOf(s: OutlineStep): string {
  if (s.pivot) return `{{"${label(s)}<br/><b>from here only forward</b>"}}`;
  return s.send ? `["${label(s)}"]` : `(["${label(s)}"])`;
}
