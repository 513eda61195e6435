import type { FieldChange } from '@lifeboat/contracts';
import { sameJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Entity } from '@lifeboat/openstack-entity-api';

const SEALED = '(sealed)';

const isSealed = (value: unknown): value is { readonly digest: unknown } =>
  typeof value === 'object' && value !== null && '$sealed' in value;

/** For people: a sealed secret is said to be one, and nothing more. */
export const shown = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (isSealed(inner) ? SEALED : inner))) as T;

/** A sealed secret is another text each time; its keyed digest tells whether it is the same. */
const compared = (value: Json | undefined): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, (_key, inner: unknown) => (isSealed(inner) ? { digest: inner.digest } : inner)),
  );

type Fields = ReadonlyMap<string, Json>;

function fieldsOf(entity: Entity | undefined): Fields {
  if (!entity) return new Map();
  const drawers = (['spec', 'refs', 'observed'] as const).flatMap((drawer) =>
    Object.entries(entity[drawer]).map(([name, value]) => [`${drawer}.${name}`, value as Json] as const),
  );
  return new Map([['name', entity.name] as const, ...drawers]);
}

/** Field by field what differs between two versions of an entity, either of which may not be there. Pure. */
export function fieldChanges(before: Entity | undefined, after: Entity | undefined): FieldChange[] {
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter(
      (field) => !sameJson(compared(old.get(field)), compared(fresh.get(field))) || old.has(field) !== fresh.has(field),
    )
    .map((field) => {
      const [a, b] = [old.get(field), fresh.get(field)];
      return {
        field,
        ...(a !== undefined && { before: shown(a) as never }),
        ...(b !== undefined && { after: shown(b) as never }),
      };
    });
}
