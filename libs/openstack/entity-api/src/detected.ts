import type { Topology } from './entity.ts';
import type { Registry } from './registry.ts';

/** What a project has of one type that is only detected. */
export interface Detected {
  readonly kind: string;
  readonly count: number;
  /** The first few, by name or id. */
  readonly names: readonly string[];
  readonly why: string;
}

const NAMED = 5;

/** Types that are not carried and that the project has some of, each counted once: a finding for every object would bury the others. Pure. */
export const detected = (all: Topology, registry: Registry): readonly Detected[] =>
  registry.all.flatMap((type): Detected[] => {
    const found = all.of(type.kind);
    if (type.reported === undefined || found.length === 0) return [];
    const names = found.slice(0, NAMED).map(({ name, id }) => name || id);
    return [{ kind: type.kind, count: found.length, names, why: type.reported }];
  });
