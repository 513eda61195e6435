import { bug } from '@lifeboat/kernel';
import type { Entity, Ref, Topology } from './entity.ts';
import type { Registry } from './registry.ts';
import { refKey, refsOf } from './topology.ts';

/** What must stand before an entity is made, by what it says itself. */
export function prerequisites(entity: Entity, all: Topology, registry: Registry): readonly Ref[] {
  const type = registry.get(entity.kind);
  const strong = refsOf(entity)
    .filter(([as]) => !type.weakRefs?.includes(as))
    .map(([, ref]) => ref);
  return [...strong, ...(type.after?.(entity, all) ?? [])].filter(
    (ref) => all.get(ref) && refKey(ref) !== refKey(entity),
  );
}

/** What each entity waits for, by keys: its own prerequisites, and what comes before it by its own account. */
export function waitsOf(all: Topology, registry: Registry): Map<string, Set<string>> {
  const waits = new Map(
    all.entities.map((entity) => [refKey(entity), new Set(prerequisites(entity, all, registry).map(refKey))]),
  );
  for (const entity of all.entities)
    for (const later of registry.get(entity.kind).before?.(entity, all) ?? [])
      waits.get(refKey(later))?.add(refKey(entity));
  return waits;
}

/** The other way round: by keys, what each entity is used by, which is removed before it. */
export function usersOf(all: Topology, registry: Registry): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map(all.entities.map((entity) => [refKey(entity), new Set<string>()]));
  for (const [key, needed] of waitsOf(all, registry)) for (const one of needed) users.get(one)?.add(key);
  return users;
}

/** By keys: these, and all that cannot be made before them. */
export function heldBack(refs: readonly Ref[], all: Topology, registry: Registry): ReadonlySet<string> {
  const held = new Set(refs.filter((ref) => all.get(ref)).map(refKey));
  const waits = held.size === 0 ? [] : [...waitsOf(all, registry)];
  const next = (): readonly string[] =>
    waits.flatMap(([key, set]) => (!held.has(key) && [...set].some((one) => held.has(one)) ? [key] : []));
  for (let more = next(); more.length > 0; more = next()) for (const key of more) held.add(key);
  return held;
}

/** Levels: what is in one may be made, or removed, side by side. Throws `dependency-cycle` naming the entities in it. */
export function buildOrder(all: Topology, registry: Registry): readonly (readonly Entity[])[] {
  const waits = waitsOf(all, registry);
  const levels: Entity[][] = [];
  let left = [...all.entities];
  while (left.length > 0) {
    const level = left.filter((entity) => waits.get(refKey(entity))?.size === 0);
    if (level.length === 0)
      throw bug(
        'dependency-cycle',
        `These entities wait for each other: ${inCycle(left, waits)
          .map((e) => `${e.kind} ${e.name || e.id}`)
          .join(', ')}.`,
        { mend: 'Make one of the references weak.' },
      );
    levels.push(level);
    const made = new Set(level.map(refKey));
    left = left.filter((entity) => !made.has(refKey(entity)));
    for (const entity of left) {
      const set = waits.get(refKey(entity));
      for (const key of made) set?.delete(key);
    }
  }
  return levels;
}

/** Those that wait for each other, without those who only wait for them. */
function inCycle(left: readonly Entity[], waits: ReadonlyMap<string, ReadonlySet<string>>): readonly Entity[] {
  const awaited = new Set(left.flatMap((entity) => [...(waits.get(refKey(entity)) ?? [])]));
  const inner = left.filter((entity) => awaited.has(refKey(entity)));
  return inner.length === left.length
    ? inner
    : inCycle(inner, new Map(inner.map((entity) => [refKey(entity), waits.get(refKey(entity)) ?? new Set()])));
}

/** One of the two pieces of work that an entity is: that it stands, or (`last`) its last touches. */
export interface Step {
  readonly key: string;
  readonly entity: Entity;
  readonly last: boolean;
  /** Keys of the steps that come before it. */
  readonly after: readonly string[];
}

/**
 * Of each entity that is not held: that it stands once what it needs does, and its last touches when all stands that refers to it, and that it weakly refers
 * to; at once where they are of no interest to others.
 */
export function stepsOf(all: Topology, registry: Registry, held: ReadonlySet<string> = new Set()): readonly Step[] {
  const waits = waitsOf(all, registry);
  return buildOrder(all, registry)
    .flat()
    .filter((entity) => !held.has(refKey(entity)))
    .flatMap((entity) => {
      const key = refKey(entity);
      const stands: Step = { key, entity, last: false, after: [...(waits.get(key) ?? [])] };
      const alone = registry.get(entity.kind).finishesAlone;
      const around = alone ? [] : [...all.referringTo(entity), ...weakOf(entity, all, registry)].map(refKey);
      return around.some((one) => held.has(one))
        ? [stands]
        : [stands, { key: `${key} finished`, entity, last: true, after: [key, ...around] }];
    });
}

const weakOf = (entity: Entity, all: Topology, registry: Registry): readonly Ref[] =>
  refsOf(entity)
    .filter(([as]) => registry.get(entity.kind).weakRefs?.includes(as))
    .map(([, ref]) => ref)
    .filter((ref) => all.get(ref));
