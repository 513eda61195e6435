import type { Json } from '@lifeboat/kernel';
import { LifeboatError } from '@lifeboat/kernel';
import { entity, userDescription } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Ref, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { created, defined, isOctavias, many, one, pick, ref, refs } from '../fields.ts';
import { afterAddresses, callsOf, NOT_KEPT, ofTree, said, treeBody, treeSpec } from './tree.ts';

const PATH = '/lbaas/loadbalancers';
const calls = callsOf({ path: PATH, key: 'loadbalancer', plural: 'loadbalancers' });

interface Vip {
  readonly subnet_id: string;
  readonly ip_address: string;
}

/** Besides the first one, by address, as Octavia answers them in any order. */
const furtherVips = (live: Live): readonly Vip[] =>
  [...((live['additional_vips'] ?? []) as readonly Vip[])].sort((a, b) => (a.ip_address < b.ip_address ? -1 : 1));

/** What an administrator offers, by name; nothing where these credentials may not look. */
async function* offered(cloud: Cloud, what: 'flavors' | 'providers' | 'availability_zones'): AsyncGenerator<Live> {
  const path = `/lbaas/${what.replace('_', '')}`;
  try {
    yield* cloud['load-balancer'].list<Live>(path, what);
  } catch (thrown) {
    if (!(thrown instanceof LifeboatError && (thrown.kind === 'forbidden' || thrown.kind === 'not-found')))
      throw thrown;
  }
}

const offer = async (cloud: Cloud, what: Parameters<typeof offered>[1], name: unknown): Promise<Live | undefined> => {
  if (typeof name !== 'string') return undefined;
  for await (const live of offered(cloud, what)) if (live['name'] === name) return live;
  return undefined;
};

const flavorNames = async (cloud: Cloud): Promise<ReadonlyMap<unknown, unknown>> => {
  const names = new Map<unknown, unknown>();
  for await (const { id, name } of offered(cloud, 'flavors')) names.set(id, name);
  return names;
};

const portOwners = async (cloud: Cloud, projectId: string): Promise<ReadonlyMap<unknown, unknown>> => {
  const owners = new Map<unknown, unknown>();
  const query = { project_id: projectId, fields: ['id', 'device_owner'] };
  for await (const { id, device_owner } of cloud.network.list<Live>('/ports', 'ports', { query }))
    owners.set(id, device_owner);
  return owners;
};

/** Octavia tells ids only: of a flavor, and of a VIP port that may be its own or a user's. What they are is asked for once, and only when needed. */
async function* explained(
  cloud: Cloud,
  projectId: string,
  all: AsyncIterable<Live> | readonly Live[],
): AsyncGenerator<Live> {
  let [names, owners]: (ReadonlyMap<unknown, unknown> | undefined)[] = [];
  for await (const live of all) {
    const { flavor_id: flavor, vip_port_id: port } = live;
    if (flavor) names ??= await flavorNames(cloud);
    owners ??= await portOwners(cloud, projectId);
    yield {
      ...live,
      ...(names?.has(flavor) && { flavor_name: names.get(flavor) }),
      ...(owners.has(port) && { vip_port_owner: owners.get(port) }),
    };
  }
}

/** A port that its user made for the VIP: a port like others, which comes first and is handed over. */
const usersPort = ({ vip_port_id: port, vip_port_owner: owner }: Live): Ref | undefined =>
  owner === undefined || isOctavias(owner) ? undefined : ref('port', port);

/** As with ports: on a network of others it is not ours to choose addresses, and theirs are others. */
const mayChoose = (kept: Entity, to: Target): boolean => {
  const network = one(kept, 'network');
  return to.isAdmin || to.isolated || network === undefined || to.captured(network)?.observed['foreign'] !== true;
};

/** Only what the target has is asked for; a flavor brings its own provider. */
async function wished(cloud: Cloud, wishes: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const flavor = await offer(cloud, 'flavors', wishes['flavor']);
  const provider = flavor ? undefined : await offer(cloud, 'providers', wishes['provider']);
  const zone = await offer(cloud, 'availability_zones', wishes['availability_zone']);
  return defined({ flavor_id: flavor?.id, provider: provider?.['name'], availability_zone: zone?.['name'] });
}

const BY_NAME = "what the target offers by that name, else the target's default";

/**
 * Octavia load balancer. Its VIP port is made by Octavia itself, with the address it had, unless a user made it; amphorae are of the operator's own project, and nobody's to carry.
 * A floating IP of Octavia's port is captured as the load balancer's.
 */
export const loadBalancer = entity({
  ...ofTree,
  ...calls,
  kind: 'load-balancer',
  summary:
    'VIP addresses and their subnets, name, description, state, security groups of the VIP, QoS policy, tags; provider, flavor and availability zone by name.',
  notKept: {
    ...NOT_KEPT,
    vip_port_id: 'Octavia makes another one; one that its user made is kept',
    vip_vnic_type: 'it comes with the flavor',
  },

  list: (cloud, scope) => explained(cloud, scope.projectId, calls.list(cloud, scope)),
  async reread(cloud, id, scope) {
    const live = await calls.get(cloud, id);
    for await (const one of explained(cloud, scope.projectId, live ? [live] : [])) return one;
    return undefined;
  },
  // Octavia tells of load balancers alone, not of what is changed below them.
  notified: { 'octavia.loadbalancer.': ['loadbalancer_id', 'id'] },
  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {
      ...treeSpec(live, 'vip_address', 'provider', 'availability_zone'),
      description: userDescription(live['description']),
      ...said({ flavor: live['flavor_name'] }, 'flavor'),
      // By the subnet's place in refs.furtherSubnets: ids of the source do not belong here.
      ...said({ further_vips: furtherVips(live).map(({ ip_address }) => ip_address) as Json }, 'further_vips'),
    },
    refs: refs({
      network: ref('network', live['vip_network_id']),
      subnet: ref('subnet', live['vip_subnet_id']),
      vipPort: usersPort(live),
      furtherSubnets: furtherVips(live).map(({ subnet_id }) => ref('subnet', subnet_id)),
      qosPolicy: ref('qos-policy', live['vip_qos_policy_id']),
      securityGroups: ((live['vip_sg_ids'] ?? []) as readonly string[]).map((id) => ref('security-group', id)),
    }),
    observed: pick(live, 'provisioning_status', 'created_at'),
    ...(live['flavor_id'] && live['flavor_name'] === undefined
      ? { unseen: [{ field: 'flavor', reason: 'these credentials may not list the flavors of load balancers' }] }
      : {}),
  }),
  standsAlone: true,
  after: (self, all) => afterAddresses([...many(self, 'furtherSubnets'), ...many(self, 'subnet')], all),
  body: (kept, to) => {
    const { flavor, provider, availability_zone, further_vips: further, vip_address, ...spec } = kept.spec;
    const [network, subnet] = [one(kept, 'network'), one(kept, 'subnet')];
    const [chosen, port] = [mayChoose(kept, to), one(kept, 'vipPort')];
    const vips = many(kept, 'furtherSubnets').map((one, i) =>
      defined({ subnet_id: to.id(one), ip_address: chosen ? (further as readonly string[])[i] : undefined }),
    );
    const groups = many(kept, 'securityGroups').map((group) => to.id(group));
    return {
      // Not fields but names, for what the target may have or not.
      wishes: defined({ flavor, provider, availability_zone }),
      loadbalancer: treeBody({ ...kept, spec }, to, {
        vip_port_id: port && to.id(port),
        vip_address: chosen && !port ? vip_address : undefined,
        vip_subnet_id: subnet && to.id(subnet),
        vip_network_id: !subnet && network ? to.id(network) : undefined,
        additional_vips: vips.length > 0 ? vips : undefined,
        vip_qos_policy_id: to.maybe(one(kept, 'qosPolicy')),
        vip_sg_ids: groups.length > 0 ? groups : undefined,
      }),
    };
  },
  async create(cloud, { wishes, loadbalancer }) {
    const more = await wished(cloud, wishes as Record<string, unknown>);
    const body = { loadbalancer: { ...(loadbalancer as Record<string, unknown>), ...more } };
    return created(cloud['load-balancer'], PATH, 'loadbalancer', body);
  },
  /** One that failed refuses every change below it for ever, and can only go with all it has. */
  async loosen(cloud, id) {
    const live = await calls.get(cloud, id);
    if (live?.['provisioning_status'] === 'ERROR')
      await cloud['load-balancer'].delete(`${PATH}/${id}`, { query: { cascade: true } });
  },
  fields: (kept, to) => {
    const theirs = { mapped: "on a shared network it is its owner's to give" };
    return {
      provider: { mapped: BY_NAME },
      flavor: { mapped: BY_NAME },
      availability_zone: { mapped: BY_NAME },
      ...(!mayChoose(kept, to) && { vip_address: theirs, further_vips: theirs }),
    };
  },
  // The VIP's.
  uses: (kept): Readonly<Record<string, number>> => (one(kept, 'vipPort') ? {} : { 'network:port': 1 }),

  examples: [
    {
      live: {
        id: '607226db-27ef-4d41-ae89-f2a800e9c2db',
        name: 'shop',
        description: 'In front of the shop',
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        admin_state_up: true,
        provider: 'amphora',
        project_id: 'e3cd678b11784734bc366148aa37580e',
        vip_address: '203.0.113.50',
        vip_network_id: 'd0d217df-3958-4fbf-a3c2-8dad2908c709',
        vip_port_id: 'b4ca07d1-a31e-43e2-891a-7d14f419f342',
        vip_subnet_id: '08dce793-daef-411d-a896-d389cd45b1ea',
        vip_qos_policy_id: null,
        vip_sg_ids: ['8a562351-f0fb-424c-a0af-513461424ea5'],
        additional_vips: [
          {
            subnet_id: '1c221166-3cb3-4534-915a-b75220ec1873',
            ip_address: '2001:db8::50',
            port_id: 'b4ca07d1-a31e-43e2-891a-7d14f419f342',
          },
        ],
        flavor_id: '3b6a2d5c-5b5a-4a35-8ae3-0d21a2b39a24',
        flavor_name: 'pair',
        availability_zone: null,
        tags: ['front'],
        listeners: [{ id: '023f2e34-7806-443b-bfae-16c324569a3d' }],
        pools: [{ id: '0e9f5f0b-6d31-4d8b-8b0a-6f3a1f1a7c11' }],
        created_at: '2026-02-28T00:41:44',
        updated_at: '2026-02-28T00:43:30',
      },
      keeps: {
        id: '607226db-27ef-4d41-ae89-f2a800e9c2db',
        name: 'shop',
        spec: {
          name: 'shop',
          admin_state_up: true,
          vip_address: '203.0.113.50',
          provider: 'amphora',
          tags: ['front'],
          description: 'In front of the shop',
          flavor: 'pair',
          further_vips: ['2001:db8::50'],
        },
        refs: {
          network: { kind: 'network', id: 'd0d217df-3958-4fbf-a3c2-8dad2908c709' },
          subnet: { kind: 'subnet', id: '08dce793-daef-411d-a896-d389cd45b1ea' },
          furtherSubnets: [{ kind: 'subnet', id: '1c221166-3cb3-4534-915a-b75220ec1873' }],
          securityGroups: [{ kind: 'security-group', id: '8a562351-f0fb-424c-a0af-513461424ea5' }],
        },
        observed: { provisioning_status: 'ACTIVE', created_at: '2026-02-28T00:41:44' },
      },
    },
    {
      live: {
        id: '8a562351-f0fb-424c-a0af-513461424ea5',
        name: 'own port',
        description: '',
        provisioning_status: 'ACTIVE',
        admin_state_up: true,
        provider: 'ovn',
        vip_address: '203.0.113.51',
        vip_network_id: 'd0d217df-3958-4fbf-a3c2-8dad2908c709',
        vip_port_id: '303870a4-bbc3-428c-98dd-492f423869d9',
        vip_port_owner: '',
        vip_subnet_id: '08dce793-daef-411d-a896-d389cd45b1ea',
        additional_vips: [],
        tags: [],
      },
      keeps: {
        id: '8a562351-f0fb-424c-a0af-513461424ea5',
        name: 'own port',
        spec: {
          name: 'own port',
          admin_state_up: true,
          vip_address: '203.0.113.51',
          provider: 'ovn',
          tags: [],
          description: '',
        },
        refs: {
          network: { kind: 'network', id: 'd0d217df-3958-4fbf-a3c2-8dad2908c709' },
          subnet: { kind: 'subnet', id: '08dce793-daef-411d-a896-d389cd45b1ea' },
          vipPort: { kind: 'port', id: '303870a4-bbc3-428c-98dd-492f423869d9' },
        },
        observed: { provisioning_status: 'ACTIVE' },
      },
    },
  ],
});
