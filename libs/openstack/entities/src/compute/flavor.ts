import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { byName, created, pick, refs } from '../fields.ts';

/** Servers name their flavor by its name (microversion 2.47 and later answer no id), so that is its identity here. */
async function* flavors(cloud: Cloud): AsyncGenerator<Live> {
  for await (const live of cloud.compute.list<Live>('/flavors/detail', 'flavors')) yield live;
}

/** Nova flavor: mapped by name or override, created where the target's credentials may. */
export const flavor = entity({
  kind: 'flavor',
  service: 'compute',
  schema: 1,
  provision: 'mapped',
  summary:
    "Mapped by name or by the group's mappings; created (size and extra specs) where the target lacks it and the credentials are an admin's.",

  list: flavors,
  async get(cloud, name) {
    for await (const live of flavors(cloud)) if (live['name'] === name || live.id === name) return live;
    return undefined;
  },
  // Of versioned notifications only.
  notified: { 'flavor.': ['nova_object.data/name'] },
  capture: (live) => ({
    id: String(live['name']),
    name: String(live['name']),
    spec: {
      ...pick(live, 'name', 'vcpus', 'ram', 'disk'),
      ephemeral: (live['OS-FLV-EXT-DATA:ephemeral'] ?? 0) as Json,
      swap: Number(live['swap'] ?? 0) || 0,
      extra_specs: (live['extra_specs'] ?? {}) as Json,
    },
    refs: refs({}),
    observed: { flavor_id: live.id, public: (live['os-flavor-access:is_public'] ?? true) as Json },
  }),
  find: (cloud, kept, to) =>
    byName(flavors(cloud), kept, to, 'flavor').then((hit) => hit && { ...hit, id: to.mapped('flavor', kept.name) }),
  candidates: (cloud) => flavors(cloud),
  naturalKey: { kept: (kept, to) => to.mapped('flavor', kept.name), live: (live) => String(live['name']) },
  body: (kept) => {
    const { name, vcpus, ram, disk, ephemeral, swap } = kept.spec;
    return {
      flavor: {
        name,
        vcpus,
        ram,
        disk,
        'OS-FLV-EXT-DATA:ephemeral': ephemeral,
        swap,
        'os-flavor-access:is_public': true,
      },
    };
  },
  create: async (cloud, body) => {
    await created(cloud.compute, '/flavors', 'flavor', body);
    return String((body['flavor'] as { name: string }).name);
  },
  async afterCreate(cloud, name, kept) {
    for await (const live of flavors(cloud))
      if (live['name'] === name)
        await cloud.compute.post(`/flavors/${live.id}/os-extra_specs`, { extra_specs: kept.spec['extra_specs'] });
  },
  async remove(cloud, name) {
    for await (const live of flavors(cloud))
      if (live['name'] === name) await cloud.compute.delete(`/flavors/${live.id}`);
  },

  examples: [
    {
      live: {
        id: '1',
        name: 'tiny',
        vcpus: 1,
        ram: 128,
        disk: 1,
        swap: '',
        'OS-FLV-EXT-DATA:ephemeral': 0,
        'os-flavor-access:is_public': true,
        extra_specs: { 'hw:cpu_policy': 'shared' },
      },
      keeps: {
        id: 'tiny',
        name: 'tiny',
        spec: {
          name: 'tiny',
          vcpus: 1,
          ram: 128,
          disk: 1,
          ephemeral: 0,
          swap: 0,
          extra_specs: { 'hw:cpu_policy': 'shared' },
        },
        refs: {},
        observed: { flavor_id: '1', public: true },
      },
    },
  ],
});
