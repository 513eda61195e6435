import type { Json } from '@lifeboat/kernel';
import { canonicalJson } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { byName, byText, created, found, pick, refs } from '../fields.ts';

const key = (name: unknown, addresses: unknown): string => canonicalJson([String(name), byText(addresses)]);

/**
 * Neutron address group. It has a description but no tags, so no place for a mark that lasts: its name and addresses tell which it is. What
 * `add_addresses` and `remove_addresses` change is told of by no notification.
 */
export const addressGroup = entity({
  kind: 'address-group',
  service: 'network',
  extension: 'address-group',
  schema: 1,
  provision: 'created',
  summary: 'Name, description and addresses; one that another project shares is mapped by name.',

  list: (cloud, scope) =>
    cloud.network.list<Live>('/address-groups', 'address_groups', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/address-groups/${id}`), 'address_group'),
  notified: { 'address_group.': ['address_group/id', 'address_groups/*/id', 'address_group_id'] },
  capture: (live, scope) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, 'name'),
      description: (live['description'] ?? '') as Json,
      addresses: byText(live['addresses']),
    },
    refs: refs({}),
    observed: { of_others: live['project_id'] !== scope.projectId },
  }),
  find: async (cloud, kept, to) =>
    kept.observed['of_others'] === true
      ? byName(cloud.network.list<Live>('/address-groups', 'address_groups'), kept, to, 'addressGroup')
      : undefined,
  declines: (cloud, kept) =>
    Promise.resolve(
      kept.observed['of_others'] === true
        ? `another project shares it at the source, and ${cloud.site} has none of its name`
        : undefined,
    ),
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/address-groups', 'address_groups', { query: { project_id: to.projectId } }),
  naturalKey: {
    kept: ({ spec }) => key(spec['name'], spec['addresses']),
    live: (live) => key(live['name'], live['addresses']),
  },
  body: ({ spec }) => ({
    address_group: { name: spec['name'], description: spec['description'], addresses: spec['addresses'] },
  }),
  create: (cloud, body) => created(cloud.network, '/address-groups', 'address_group', body),
  remove: async (cloud, id) => void (await cloud.network.delete(`/address-groups/${id}`)),

  returns: 'as it is',
  staged: (kept) => kept,
  examples: [
    {
      live: {
        id: 'a1',
        name: 'offices',
        tenant_id: 'p1',
        description: 'all of them',
        addresses: ['203.0.113.0/24', '198.51.100.7/32'],
        project_id: 'p1',
      },
      keeps: {
        id: 'a1',
        name: 'offices',
        spec: { name: 'offices', description: 'all of them', addresses: ['198.51.100.7/32', '203.0.113.0/24'] },
        refs: {},
        observed: { of_others: false },
      },
    },
  ],
});
