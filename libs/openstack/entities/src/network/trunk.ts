import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import {
  AGENTS_OWN,
  created,
  describeNeutron,
  found,
  many,
  neutronSpec,
  one,
  pick,
  ref,
  refs,
  tagEventsOf,
  tagNeutron,
} from '../fields.ts';

interface SubPort {
  readonly port_id: string;
  readonly segmentation_type: string;
  readonly segmentation_id: number;
}

/** By VLAN, which both clouds have in common; OpenStack answers them in any order. */
const subPortsOf = (live: Live): readonly SubPort[] =>
  [...((live['sub_ports'] ?? []) as readonly SubPort[])].sort((a, b) => a.segmentation_id - b.segmentation_id);

/**
 * Neutron trunk: a port of a server that carries further networks by VLAN. A bound port becomes no parent, so it stands before its server
 * boots. The VLANs are set inside the guest too, and stay as they are; MACs are the ports'.
 */
export const trunk = entity({
  kind: 'trunk',
  service: 'network',
  extension: 'trunk',
  schema: 2,
  provision: 'created',
  summary: 'Parent port, sub-ports with their segmentation, state, name, description and tags.',
  notKept: AGENTS_OWN,

  list: (cloud, scope) => cloud.network.list<Live>('/trunks', 'trunks', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/trunks/${id}`), 'trunk'),
  notified: { 'trunk.': ['trunk/id', 'trunks/*/id', 'trunk_id'], ...tagEventsOf('trunks') },
  capture: (live) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, 'name', 'admin_state_up'),
      // By the port's place in refs.subPorts: ids of the source do not belong here.
      segmentation: subPortsOf(live).map(({ segmentation_type, segmentation_id }) => ({
        segmentation_type,
        segmentation_id,
      })) as Json,
      ...neutronSpec(live),
    },
    refs: refs({
      port: ref('port', live['port_id']),
      subPorts: subPortsOf(live).map(({ port_id }) => ref('port', port_id)),
    }),
    observed: {},
  }),
  belongsTo: ['port'],
  needs: ['port'],
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/trunks', 'trunks', { query: { project_id: to.projectId } }),
  body: (kept, to) => {
    const port = one(kept, 'port');
    const segmentation = (kept.spec['segmentation'] ?? []) as readonly Readonly<Record<string, Json>>[];
    return {
      trunk: {
        name: kept.spec['name'],
        description: to.mark.text,
        admin_state_up: kept.spec['admin_state_up'],
        port_id: port && to.id(port),
        sub_ports: many(kept, 'subPorts').map((sub, i) => ({ port_id: to.id(sub), ...segmentation[i] })),
      },
    };
  },
  create: (cloud, body) => created(cloud.network, '/trunks', 'trunk', body),
  afterCreate: async (cloud, id, kept, to) => void (await tagNeutron(cloud, `/trunks/${id}`, kept, to.mark)),
  finish: async (cloud, id, kept) => void (await describeNeutron(cloud, `/trunks/${id}`, 'trunk', kept)),
  // One that is switched off is not let go.
  loosen: async (cloud, id) => void (await cloud.network.put(`/trunks/${id}`, { trunk: { admin_state_up: true } })),
  remove: async (cloud, id) => void (await cloud.network.delete(`/trunks/${id}`)),
  returns: 'as it is',
  fields: { 'refs.subPorts': { ordered: true } },
  uses: () => ({ 'network:trunk': 1 }),

  examples: [
    {
      live: {
        id: 't1',
        name: 'uplink',
        tenant_id: 'p1',
        project_id: 'p1',
        port_id: 'port-1',
        admin_state_up: true,
        status: 'ACTIVE',
        sub_ports: [
          { port_id: 'port-3', segmentation_type: 'vlan', segmentation_id: 200 },
          { port_id: 'port-2', segmentation_type: 'vlan', segmentation_id: 100 },
        ],
        description: '',
        tags: [],
        revision_number: 1,
      },
      keeps: {
        id: 't1',
        name: 'uplink',
        spec: {
          name: 'uplink',
          admin_state_up: true,
          segmentation: [
            { segmentation_type: 'vlan', segmentation_id: 100 },
            { segmentation_type: 'vlan', segmentation_id: 200 },
          ],
          description: '',
          tags: [],
        },
        refs: {
          port: { kind: 'port', id: 'port-1' },
          subPorts: [
            { kind: 'port', id: 'port-2' },
            { kind: 'port', id: 'port-3' },
          ],
        },
        observed: {},
      },
    },
  ],
});
