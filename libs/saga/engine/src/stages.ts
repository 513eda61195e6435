import { isEach } from './definition.ts';
import type { Each, HoldInput, Item, Row, SagaDefinition, Stage } from './definition.ts';

type Data = Readonly<Record<string, unknown>>;

/**
 * The rows of a run as far as they are known by now: those for each item of a list appear when the list was kept. A function of the definition and the kept data
 * alone, so that every replay of a history has the same rows under the same names, and sends the same commands under the same ids.
 */
export const stagesOf = ({ stages }: Pick<SagaDefinition, 'stages'>, data: Data): readonly (readonly Row[])[] =>
  stages.flatMap((stage) => expanded(stage, data));

export const expanded = (stage: Stage, data: Data): readonly (readonly Row[])[] =>
  isEach(stage)
    ? named(stage.list(data as never) ?? []).flatMap(([name, item]) => rowsFor(stage, name, item))
    : [stage];

/** Histories know rows by name: of two items of one name the second is another. */
function named(items: readonly Item[]): readonly (readonly [string, Item])[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const count = (seen.get(item.name) ?? 0) + 1;
    seen.set(item.name, count);
    return [count === 1 ? `"${item.name}"` : `"${item.name}" (${count})`, item];
  });
}

function rowsFor({ as, rows }: Each, name: string, item: Item): readonly (readonly Row[])[] {
  const knowing = (state: never): never => ({ ...(state as object), [as]: item }) as never;
  return rows
    .filter(({ only }) => only?.(item as never) ?? true)
    .map((row) => [rowFor(row, `${row.name} ${name}`, knowing)]);
}

function rowFor({ only: _only, ...row }: Each['rows'][number], name: string, knowing: (state: never) => never): Row {
  if (row.hold) return { name, pivot: false, hold: holdFor(row.hold, knowing) };
  const { send, keep, undo, ...rest } = row;
  return {
    ...rest,
    name,
    send: (state) => send(knowing(state)),
    ...(keep && { keep: (answer) => ({ [name]: keep(answer) }) }),
    ...(undo && { undo: (state, why) => undo(knowing(state), why) }),
  };
}

function holdFor(
  { word, forMs, whenOver, says }: HoldInput<never>,
  knowing: (state: never) => never,
): HoldInput<never> {
  return {
    word,
    forMs: (state) => forMs(knowing(state)),
    whenOver: (state) => whenOver(knowing(state)),
    ...(says && { says: (state) => says(knowing(state)) }),
  };
}
