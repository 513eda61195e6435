import type { Entity, Ref, Topology } from './entity.ts';
import type { Registry } from './registry.ts';
import { refKey, refsOf, topology } from './topology.ts';

export interface Closure {
  readonly topology: Topology;
  /** Referred to by what is carried, but not there; `from` is absent for a chosen member. */
  readonly missing: readonly { readonly from?: Entity; readonly as: string; readonly ref: Ref }[];
}

/**
 * What a group holds: the roots, all they refer to, what belongs to a member (a network's subnets, a group's rules, a port's floating IP), and what a
 * type pulls in by rules of its own. A server is never pulled in by what it uses: protecting one server does not protect its neighbours.
 */
export function closure(all: Topology, registry: Registry, roots: readonly Ref[]): Closure {
  const held = new Map<string, Entity>();
  const missing: Closure['missing'][number][] = roots
    .filter((ref) => !all.get(ref))
    .map((ref) => ({ as: 'member', ref }));
  const queue: Ref[] = [...roots];
  for (let ref = queue.pop(); ref; ref = queue.pop()) {
    const entity = all.get(ref);
    if (!entity || held.has(refKey(ref))) continue;
    held.set(refKey(ref), entity);
    for (const [as, to] of refsOf(entity)) {
      if (all.get(to)) queue.push(to);
      else missing.push({ from: entity, as, ref: to });
    }
    queue.push(...(registry.get(entity.kind).pulls?.(entity, all) ?? []), ...belonging(entity, all, registry));
  }
  return { topology: topology([...held.values()]), missing };
}

const belonging = (owner: Entity, all: Topology, registry: Registry): readonly Ref[] =>
  all
    .referringTo(owner)
    .filter((entity) =>
      refsOf(entity).some(
        ([as, ref]) => registry.get(entity.kind).belongsTo?.includes(as) && refKey(ref) === refKey(owner),
      ),
    );
