import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live, Scope } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { byName, pick, refs } from '../fields.ts';

/** To an administrator Cinder lists public types only, unless told otherwise; to others those they may use, whatever they say. */
const volumeTypes = (cloud: Cloud): AsyncIterable<Live> =>
  cloud.volume.list<Live>('/types', 'volume_types', { query: { is_public: 'None' } });

async function typeNamed(cloud: Cloud, name: string): Promise<Live | undefined> {
  for await (const live of volumeTypes(cloud)) if (live['name'] === name || live.id === name) return live;
  return undefined;
}

const specsOf = (live: Live, scope: Scope): Record<string, Json> =>
  scope.isAdmin ? { extra_specs: (live['extra_specs'] ?? {}) as Json } : {};

/** Cinder volume type, which volumes name by its name: that is its identity here. */
export const volumeType = entity({
  kind: 'volume-type',
  service: 'volume',
  schema: 1,
  provision: 'mapped',
  summary: "Mapped by name or by the group's mappings; never made, as it stands for the operator's storage.",
  notKept: {
    qos_specs_id: "QoS is the operator's, and its id one cloud's",
    encryption: 'the keys are in the key manager of one cloud; encrypted volumes are not supported yet',
  },

  list: volumeTypes,
  get: typeNamed,
  notified: { 'volume_type.': ['volume_types/name'] },
  capture: (live, scope) => ({
    id: String(live['name']),
    name: String(live['name']),
    spec: { name: live['name'] as Json, description: (live['description'] ?? '') as Json, ...specsOf(live, scope) },
    refs: refs({}),
    observed: pick(live, 'is_public'),
    ...(!scope.isAdmin && {
      unseen: [{ field: 'extra_specs', reason: 'Cinder shows all of them to admins only' }],
    }),
  }),
  find: (cloud, kept, to) =>
    byName(volumeTypes(cloud), kept, to, 'volumeType').then(
      (hit) => hit && { ...hit, id: to.mapped('volumeType', kept.name) },
    ),

  examples: [
    {
      live: {
        id: 'b3fc4912-757b-4719-a8bc-27226ea2c25f',
        name: 'gold',
        is_public: true,
        description: 'Protected tier',
        extra_specs: { volume_backend_name: 'rbd' },
        qos_specs_id: null,
        'os-volume-type-access:is_public': true,
      },
      keeps: {
        id: 'gold',
        name: 'gold',
        spec: { name: 'gold', description: 'Protected tier', extra_specs: { volume_backend_name: 'rbd' } },
        refs: {},
        observed: { is_public: true },
      },
    },
  ],
});
