import type { LedgerEntry, Topology } from '@lifeboat/openstack-entity-api';
import { refKey } from '@lifeboat/openstack-entity-api';

/** What a group's mappings go by the name of. */
const NAMED = [
  'flavor',
  'network',
  'volume-type',
  'keypair',
  'group-type',
  'qos-policy',
  'subnet-pool',
  'address-group',
];

/**
 * Pure: things of several names at the source for which one and the same stands at the target. A mapping need not tell of it: another name may have been that
 * one already.
 */
export function namesBecameOne(entries: readonly LedgerEntry[], captured: Topology): readonly string[] {
  const named = entries.flatMap(({ ref, targetId }) => {
    const name = NAMED.includes(ref.kind) ? captured.get(ref)?.name : undefined;
    return name === undefined || targetId === undefined ? [] : [{ at: refKey({ kind: ref.kind, id: targetId }), name }];
  });
  return [...Map.groupBy(named, ({ at }) => at)].flatMap(([at, those]) => {
    const names = [...new Set(those.map(({ name }) => name))].toSorted();
    return names.length > 1 ? [`${at.split('/')[0]} ${names.map((name) => `"${name}"`).join(' and ')}`] : [];
  });
}
