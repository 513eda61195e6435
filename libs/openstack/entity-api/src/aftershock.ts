import type { Json } from '@lifeboat/kernel';
import type { Topology } from './entity.ts';
import type { Registry } from './registry.ts';

/**
 * What somebody has to do, or to expect, though everything was recovered as captured: inside the guest (`guest`), or because OpenStack lets nobody
 * carry it (`carry-over`, with the fixed answer of what stands for it).
 */
export interface Aftershock {
  readonly code: string;
  readonly about: 'guest' | 'carry-over';
  readonly message: string;
  readonly mend?: string;
}

export interface AftershockOf extends Aftershock {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** All that is known beforehand of a workload, in the order it was captured. Pure; what `open` gives is looked through and never quoted. */
export const aftershocksOf = (
  all: Topology,
  registry: Registry,
  open: (sealed: Json | undefined) => string | undefined,
): readonly AftershockOf[] =>
  all.entities.flatMap((entity) =>
    (registry.get(entity.kind).aftershocks?.(entity, all, open) ?? []).map((shock) => ({
      kind: entity.kind,
      id: entity.id,
      name: entity.name,
      ...shock,
    })),
  );
