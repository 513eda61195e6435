import type { Json } from '@lifeboat/kernel';
import { LifeboatError } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { created, defined, describeNeutron, found, neutronSpec, one, ref, refs, tagNeutron } from '../fields.ts';

/** Neutron floating IP. Its address lives in the provider's prefix, so the target gives another one; what it leads to is kept. */
export const floatingIp = entity({
  kind: 'floating-ip',
  service: 'network',
  schema: 1,
  provision: 'created',
  summary: "Which port and fixed address it leads to, description and tags; the address comes from the target's pool.",

  list: (cloud, scope) =>
    cloud.network.list<Live>('/floatingips', 'floatingips', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/floatingips/${id}`), 'floatingip'),
  capture: (live) => ({
    id: live.id,
    name: String(live['floating_ip_address']),
    spec: {
      floating_ip_address: live['floating_ip_address'] as Json,
      fixed_ip_address: (live['fixed_ip_address'] ?? null) as Json,
      ...neutronSpec(live),
    },
    refs: refs({ pool: ref('network', live['floating_network_id']), port: ref('port', live['port_id']) }),
    observed: { status: (live['status'] ?? null) as Json, dns_name: (live['dns_name'] ?? null) as Json },
  }),
  belongsTo: ['port'],
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/floatingips', 'floatingips', { query: { project_id: to.projectId } }),
  // A floating IP is routed only once the subnet's router has both its gateway and its interface.
  after: (_self, all) => [...all.of('router'), ...all.of('router-interface')],
  body: (kept, to) => {
    const [pool, port] = [one(kept, 'pool'), one(kept, 'port')];
    return {
      floatingip: defined({
        floating_network_id: pool && to.id(pool),
        port_id: port && to.id(port),
        fixed_ip_address: port ? (kept.spec['fixed_ip_address'] ?? undefined) : undefined,
        description: to.mark.text,
        // To choose one is an administrator's right; it can be had where both clouds announce one prefix.
        floating_ip_address: to.isAdmin ? kept.spec['floating_ip_address'] : undefined,
      }),
    };
  },
  async create(cloud, body) {
    const { floating_ip_address: wish, ...wanted } = body['floatingip'] as Record<string, unknown>;
    const any = { floatingip: wanted };
    if (wish === undefined) return created(cloud.network, '/floatingips', 'floatingip', any);
    return created(cloud.network, '/floatingips', 'floatingip', body).catch((thrown: unknown) => {
      // Refused, not lost: the address is not of the target's range, is taken, or may not be chosen. Any other will do.
      if (thrown instanceof LifeboatError && ['invalid-input', 'conflict', 'forbidden'].includes(thrown.kind))
        return created(cloud.network, '/floatingips', 'floatingip', any);
      throw thrown;
    });
  },
  afterCreate: async (cloud, id, kept, to) => void (await tagNeutron(cloud, `/floatingips/${id}`, kept, to.mark)),
  finish: async (cloud, id, kept) => void (await describeNeutron(cloud, `/floatingips/${id}`, 'floatingip', kept)),
  remove: async (cloud, id) => void (await cloud.network.delete(`/floatingips/${id}`)),
  fields: {
    floating_ip_address: { mapped: 'floating IP pool of the target' },
    name: { mapped: 'its name is its address' },
  },
  uses: () => ({ 'network:floatingip': 1 }),

  examples: [
    {
      live: {
        id: 'f1',
        floating_ip_address: '172.24.4.9',
        fixed_ip_address: '10.0.0.5',
        floating_network_id: 'ext',
        port_id: 'p1',
        description: 'door',
        tags: [],
        status: 'ACTIVE',
      },
      keeps: {
        id: 'f1',
        name: '172.24.4.9',
        spec: { floating_ip_address: '172.24.4.9', fixed_ip_address: '10.0.0.5', description: 'door', tags: [] },
        refs: { pool: { kind: 'network', id: 'ext' }, port: { kind: 'port', id: 'p1' } },
        observed: { status: 'ACTIVE', dns_name: null },
      },
    },
  ],
});
