import type { Ref } from './entity.ts';
import type { Registry } from './registry.ts';
import { refKey } from './topology.ts';

/** Where an entity type's ids are found in the payload of events that begin like this. */
interface Rule {
  readonly kind: string;
  readonly start: string;
  readonly paths: readonly (readonly string[])[];
}

/** Event types come from outside: more than a cloud has are not remembered. */
const REMEMBERED = 2_000;

/**
 * What names the entities that a notification tells of, each once, by the tables of the registered types; none for an event that no type knows. What an
 * event type asks for is worked out once. It never throws: payloads come from outside, have no contract, and are whatever a service's release makes of them.
 */
export function refsIn(registry: Registry): (eventType: string, payload: unknown) => readonly Ref[] {
  const rules = registry.all.flatMap(({ kind, notified }) =>
    Object.entries(notified ?? {}).map(([start, paths]): Rule => ({
      kind,
      start,
      paths: paths.map((path) => path.split('/')),
    })),
  );
  const known = new Map<string, readonly Rule[]>();
  const rulesFor = (eventType: string): readonly Rule[] => {
    const before = known.get(eventType);
    if (before) return before;
    const found = rules.filter(({ start }) => eventType.startsWith(start));
    if (known.size < REMEMBERED) known.set(eventType, found);
    return found;
  };
  return (eventType, payload) => refsBy(rulesFor(eventType), payload);
}

function refsBy(rules: readonly Rule[], payload: unknown): readonly Ref[] {
  const found = new Map<string, Ref>();
  for (const { kind, paths } of rules)
    for (const path of paths)
      for (const id of textsAt(payload, path, 0)) {
        const ref = { kind, id };
        found.set(refKey(ref), ref);
      }
  return [...found.values()];
}

function textsAt(value: unknown, steps: readonly string[], from: number): readonly string[] {
  const step = steps[from];
  if (step === undefined) return typeof value === 'string' && value !== '' ? [value] : [];
  if (step === '*') return Array.isArray(value) ? value.flatMap((one: unknown) => textsAt(one, steps, from + 1)) : [];
  const [key = '', wanted] = step.split('=');
  if (wanted === undefined) return textsAt(at(value, key), steps, from + 1);
  return at(value, key) === wanted ? textsAt(value, steps, from + 1) : [];
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
