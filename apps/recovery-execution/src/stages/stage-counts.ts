import type { Staged } from '@lifeboat/contracts';
import type { Quota } from '@lifeboat/openstack-client';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Rebuild } from '@lifeboat/openstack-entity-api';

const byName = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1);

/** Pure: how many of each kind a stage has made, and what they take of the target's quotas. `standing`: by `kind/id` of the source. */
export function stageCounts(
  { topology, registry, mappings }: Pick<Rebuild, 'topology' | 'registry' | 'mappings'>,
  standing: ReadonlyMap<string, string>,
  quotas: ReadonlyMap<string, Quota>,
): Staged {
  const mapped = (rule: string, name: string): string => mappings[rule]?.[name] ?? name;
  const kinds = new Map<string, number>();
  const taken = new Map<string, number>();
  const add = (sums: Map<string, number>, key: string, n: number) => sums.set(key, (sums.get(key) ?? 0) + n);
  for (const entity of topology.entities.filter((one) => standing.has(refKey(one)))) {
    add(kinds, entity.kind, 1);
    for (const [quota, n] of Object.entries(registry.get(entity.kind).uses?.(entity, topology, mapped) ?? {}))
      add(taken, quota, n);
  }
  return {
    kinds: [...kinds].toSorted(byName).map(([kind, count]) => ({ kind, count })),
    quotas: [...taken].toSorted(byName).flatMap(([quota, staged]) => {
      const { used, limit } = quotas.get(quota) ?? {};
      return used === undefined || limit === undefined ? [] : [{ quota, staged, used, limit }];
    }),
  };
}
