import type { Json } from '@lifeboat/kernel';
import { LifeboatError } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { created, found, many, one, ref, refs } from '../fields.ts';

const OWNERS = [
  'network:router_interface',
  'network:ha_router_replicated_interface',
  'network:router_interface_distributed',
];
type FixedIp = { readonly subnet_id: string; readonly ip_address: string };
const ipsOf = (live: Live): readonly FixedIp[] => (live['fixed_ips'] ?? []) as readonly FixedIp[];

/** The port that joins a router and a subnet. Made by port, not by subnet, so that it keeps its address. */
export const routerInterface = entity({
  kind: 'router-interface',
  service: 'network',
  schema: 1,
  provision: 'created',
  summary: 'Which router joins which subnet, at which address.',

  list: (cloud, scope) =>
    cloud.network.list<Live>('/ports', 'ports', { query: { project_id: scope.projectId, device_owner: OWNERS } }),
  get: (cloud, id) => found(cloud.network.get(`/ports/${id}`), 'port'),
  async reread(cloud, id) {
    const port = await found<Live>(cloud.network.get(`/ports/${id}`), 'port');
    return OWNERS.includes(String(port?.['device_owner'])) ? port : undefined;
  },
  notified: {
    'router.interface.': ['router_interface/port_id'],
    'port.': OWNERS.map((owner) => `port/device_owner=${owner}/id`),
  },
  capture: (live) => ({
    id: live.id,
    name: '',
    spec: { addresses: ipsOf(live).map((ip) => ip.ip_address) as Json },
    refs: refs({
      router: ref('router', live['device_id']),
      network: ref('network', live['network_id']),
      subnets: ipsOf(live).map((ip) => ref('subnet', ip.subnet_id)),
    }),
    observed: { mac_address: (live['mac_address'] ?? null) as Json },
  }),
  belongsTo: ['subnets'],
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/ports', 'ports', { query: { project_id: to.projectId } }),
  body: (kept, to) => {
    const network = one(kept, 'network');
    const addresses = (kept.spec['addresses'] ?? []) as readonly string[];
    return {
      port: {
        name: '',
        description: to.mark.text,
        // Only a router's port may choose its address in an IPv6 subnet with automatic ones.
        ...(addresses.some((address) => address.includes(':')) && { device_owner: OWNERS[0] }),
        network_id: network && to.id(network),
        fixed_ips: many(kept, 'subnets').map((subnet, i) => ({ subnet_id: to.id(subnet), ip_address: addresses[i] })),
      },
    };
  },
  create: (cloud, body) => created(cloud.network, '/ports', 'port', body),
  async afterCreate(cloud, id, kept, to) {
    const router = one(kept, 'router');
    const port = await found<Live>(cloud.network.get(`/ports/${id}`), 'port');
    if (router && port && port['device_id'] !== to.id(router))
      await cloud.network.put(`/routers/${to.id(router)}/add_router_interface`, { port_id: id });
  },
  async remove(cloud, id) {
    const port = await found<Live>(cloud.network.get(`/ports/${id}`), 'port');
    if (!port) return;
    const router = port['device_id'];
    if (typeof router !== 'string' || router === '') return void (await cloud.network.delete(`/ports/${id}`));
    // Taking the interface away deletes its port.
    await cloud.network.put(`/routers/${router}/remove_router_interface`, { port_id: id }).catch((thrown: unknown) => {
      if (!(thrown instanceof LifeboatError) || thrown.kind !== 'not-found') throw thrown;
    });
  },
  returns: 'as it is',
  staged: (kept) => kept,
  uses: () => ({ 'network:port': 1 }),

  examples: [
    {
      live: {
        id: 'p9',
        device_owner: 'network:router_interface',
        device_id: 'r1',
        network_id: 'n1',
        fixed_ips: [{ subnet_id: 's1', ip_address: '10.0.0.1' }],
        mac_address: 'fa:16',
      },
      keeps: {
        id: 'p9',
        name: '',
        spec: { addresses: ['10.0.0.1'] },
        refs: {
          router: { kind: 'router', id: 'r1' },
          network: { kind: 'network', id: 'n1' },
          subnets: [{ kind: 'subnet', id: 's1' }],
        },
        observed: { mac_address: 'fa:16' },
      },
    },
  ],
});
