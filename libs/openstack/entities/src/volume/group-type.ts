import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { byName, pick, refs } from '../fields.ts';

const groupTypes = (cloud: Cloud): AsyncIterable<Live> => cloud.volume.list<Live>('/group_types', 'group_types');

async function typeNamed(cloud: Cloud, name: string): Promise<Live | undefined> {
  for await (const live of groupTypes(cloud)) if (live['name'] === name || live.id === name) return live;
  return undefined;
}

/** Cinder group type, by its name as volume types are. Says whether snapshots of a group are consistent. */
export const groupType = entity({
  kind: 'group-type',
  service: 'volume',
  schema: 1,
  provision: 'mapped',
  summary:
    "Mapped by name or by the group's mappings; never made, as it stands for what the operator's storage can do.",

  list: groupTypes,
  get: typeNamed,
  notified: { 'group_type.': ['group_types/name'] },
  capture: (live) => {
    const shown = live['group_specs'] !== undefined;
    return {
      id: String(live['name']),
      name: String(live['name']),
      spec: { ...pick(live, 'name', 'group_specs'), description: (live['description'] ?? '') as Json },
      refs: refs({}),
      observed: pick(live, 'is_public'),
      ...(!shown && { unseen: [{ field: 'group_specs', reason: 'Cinder shows them to admins only' }] }),
    };
  },
  find: (cloud, kept, to) =>
    byName(groupTypes(cloud), kept, to, 'groupType').then(
      (hit) => hit && { ...hit, id: to.mapped('groupType', kept.name) },
    ),

  examples: [
    {
      live: {
        id: '6685584b-1eac-4da6-b5c3-555430cf68ff',
        name: 'together',
        description: 'Snapshots at one moment',
        is_public: true,
        group_specs: { consistent_group_snapshot_enabled: '<is> True' },
      },
      keeps: {
        id: 'together',
        name: 'together',
        spec: {
          name: 'together',
          description: 'Snapshots at one moment',
          group_specs: { consistent_group_snapshot_enabled: '<is> True' },
        },
        refs: {},
        observed: { is_public: true },
      },
    },
  ],
});
