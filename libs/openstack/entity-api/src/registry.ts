import { bug } from '@lifeboat/kernel';
import type { EntityType } from './entity.ts';

/** The types there are, as a value: a test's registry may hold one more. */
export interface Registry {
  readonly all: readonly EntityType[];
  get(kind: string): EntityType;
  has(kind: string): boolean;
}

/** Refuses, at start, what would only be found out in the night: doubled kinds, missing functions, examples that name unknown kinds. */
export function registry(types: readonly EntityType[]): Registry {
  const byKind = new Map(types.map((type) => [type.kind, type]));
  if (byKind.size !== types.length)
    throw bug('entity-kind-doubled', `An entity kind is registered twice: ${types.map((t) => t.kind).join(', ')}.`);
  for (const type of types)
    for (const problem of problemsOf(type, byKind))
      throw bug('entity-type-incomplete', `Entity type ${type.kind}: ${problem}.`);
  return {
    all: types,
    has: (kind) => byKind.has(kind),
    get(kind) {
      const type = byKind.get(kind);
      if (!type) throw bug('entity-kind-unknown', `There is no entity type "${kind}".`);
      return type;
    },
  };
}

function* problemsOf(type: EntityType, known: ReadonlyMap<string, EntityType>): Generator<string> {
  if (!type.summary) yield 'has no summary';
  if (type.examples.length === 0) yield 'has no example';
  if (type.provision === 'mapped' && !type.find) yield 'is mapped but cannot be found';
  if ((type.provision === 'reported') !== (type.reported !== undefined))
    yield 'says why it is not carried but is carried, or the other way round';
  if (type.provision === 'created' && !(type.body && type.create && type.candidates && type.remove))
    yield 'is created but lacks body, create, candidates or remove';
  for (const { keeps } of type.examples)
    for (const [name, refs] of Object.entries(keeps.refs))
      for (const ref of [refs].flat())
        if ('kind' in ref && !known.has(ref.kind))
          yield `example refers by "${name}" to the unknown kind "${ref.kind}"`;
}
