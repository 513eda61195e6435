import type { Ref } from './entity.ts';
import type { Registry } from './registry.ts';
import { refKey } from './topology.ts';

/**
 * The entities that a notification tells of, each once, by the tables of the registered types; none for an event that no type knows. Pure,
 * and never throws: payloads come from outside, have no contract, and are whatever a service's release makes of them.
 */
export function refsIn(registry: Registry, eventType: string, payload: unknown): readonly Ref[] {
  const found = new Map<string, Ref>();
  for (const { kind, notified } of registry.all)
    for (const [start, paths] of Object.entries(notified ?? {})) {
      if (!eventType.startsWith(start)) continue;
      for (const id of paths.flatMap((path) => textsAt(payload, path.split('/')))) {
        const ref = { kind, id };
        found.set(refKey(ref), ref);
      }
    }
  return [...found.values()];
}

function textsAt(value: unknown, steps: readonly string[]): readonly string[] {
  const [step, ...rest] = steps;
  if (step === undefined) return typeof value === 'string' && value !== '' ? [value] : [];
  if (step === '*') return Array.isArray(value) ? value.flatMap((one: unknown) => textsAt(one, rest)) : [];
  const [key = '', wanted] = step.split('=');
  if (wanted === undefined) return textsAt(at(value, key), rest);
  return at(value, key) === wanted ? textsAt(value, rest) : [];
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
