import { sameJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Ref, Target, Topology } from '@lifeboat/openstack-entity-api';
import {
  AGENTS_OWN,
  byText,
  created,
  defined,
  describeNeutron,
  found,
  isOctavias,
  many,
  neutronSpec,
  one,
  pick,
  ref,
  refs,
  tagEventsOf,
  tagNeutron,
  without,
} from '../fields.ts';
import { comesBackByPut } from './comes-back.ts';

type FixedIp = { readonly subnet_id: string; readonly ip_address: string };
type Pair = { readonly ip_address: string; readonly mac_address?: string };

/** By address, as OpenStack answers them in any order. */
const ipsOf = (live: Live): readonly FixedIp[] =>
  [...((live['fixed_ips'] ?? []) as readonly FixedIp[])].sort((a, b) => (a.ip_address < b.ip_address ? -1 : 1));

/** A pair without a MAC is answered with the port's own: that is no wish of the user's. */
const pairsOf = (live: Live): Json =>
  byText(
    ((live['allowed_address_pairs'] ?? []) as readonly Pair[]).map(({ ip_address, mac_address }) => ({
      ip_address,
      ...(mac_address && mac_address !== live['mac_address'] && { mac_address }),
    })),
  );

const networkOf = (kept: Entity, to: Pick<Target, 'captured'>): Entity | undefined => {
  const network = one(kept, 'network');
  return network && to.captured(network);
};

/** On a network of others only its owner and administrators choose addresses, MACs and port security. */
const mayChoose = (kept: Entity, to: Target): boolean =>
  to.isAdmin || to.isolated || networkOf(kept, to)?.observed['foreign'] !== true;

const AUTOMATIC = ['slaac', 'dhcpv6-stateless'];

/** SLAAC makes the address from the MAC: it comes out the same by itself, and may not be asked for. */
const isDerived = (subnet: Ref, to: Target): boolean =>
  ['ipv6_address_mode', 'ipv6_ra_mode'].some((mode) =>
    AUTOMATIC.includes(String(to.captured(subnet)?.spec[mode] ?? '')),
  );

function fixedIps(kept: Entity, to: Target): readonly Record<string, unknown>[] {
  const ips = (kept.spec['fixed_ips'] ?? []) as readonly string[];
  const chosen = (subnet: Ref): boolean => mayChoose(kept, to) && !isDerived(subnet, to);
  return many(kept, 'subnets').map((subnet, i) => ({
    subnet_id: to.id(subnet),
    ...(chosen(subnet) && { ip_address: ips[i] }),
  }));
}

function securityOf(kept: Entity, to: Target): Record<string, unknown> {
  // Neutron refuses groups and pairs on a port without port security.
  if (kept.spec['port_security_enabled'] === false && mayChoose(kept, to))
    return { port_security_enabled: false, security_groups: [] };
  return {
    security_groups: many(kept, 'securityGroups').map((group) => to.id(group)),
    ...(mayChoose(kept, to) && { allowed_address_pairs: kept.spec['allowed_address_pairs'] }),
  };
}

/** Ports of no server whose address another port may use: the virtual addresses of keepalived and its like. */
function vipsOf(self: Entity, all: Topology): readonly Ref[] {
  const addresses = new Set(
    ((self.spec['allowed_address_pairs'] ?? []) as readonly Pair[]).map((pair) => pair.ip_address),
  );
  if (addresses.size === 0) return [];
  const network = one(self, 'network')?.id;
  return all
    .of('port')
    .filter(
      (port) =>
        one(port, 'network')?.id === network &&
        ((port.spec['fixed_ips'] ?? []) as readonly string[]).some((ip) => addresses.has(ip)),
    );
}

/** What sends to one of its addresses, with the load balancer it is part of. */
function membersAt(self: Entity, all: Topology): readonly Ref[] {
  const ips = (self.spec['fixed_ips'] ?? []) as readonly string[];
  const subnets = many(self, 'subnets').map(({ id }) => id);
  return all
    .of('member')
    .filter((member) =>
      ips.some((ip, i) => member.spec['address'] === ip && (one(member, 'subnet')?.id ?? subnets[i]) === subnets[i]),
    );
}

const CHANGED = [
  'name',
  'admin_state_up',
  'mac_address',
  'fixed_ips',
  'security_groups',
  'allowed_address_pairs',
  'port_security_enabled',
  'extra_dhcp_opts',
  'dns_name',
  'qos_policy_id',
];

/** Held by nobody, by a server that gives it up, or by a trunk that comes back too. */
function isFree(live: Live, to: Target): boolean {
  const id = String(live['device_id'] ?? '');
  return id === '' || to.makesWay({ kind: 'server', id }) || to.comesBack({ kind: 'trunk', id });
}

/** Two ports that have swapped theirs cannot be changed one after the other. */
const hasItsAddresses = (live: Live, kept: Entity, to: Target): boolean =>
  !mayChoose(kept, to) ||
  ['mac_address', 'fixed_ips'].every((field) => sameJson(port.capture(live, to).spec[field], kept.spec[field]));

/** As Neutron would answer it. An address that nobody may choose is what it is there. */
function portHere(kept: Entity, to: Target, live: Live): Readonly<Record<string, unknown>> {
  const there = ipsOf(live);
  const open = kept.spec['port_security_enabled'] === false;
  return {
    ...pick(kept.spec, 'name', 'admin_state_up', 'extra_dhcp_opts', 'dns_name'),
    ...(mayChoose(kept, to) && pick(kept.spec, 'mac_address', 'port_security_enabled')),
    fixed_ips: fixedIps(kept, to).map((ip) => ({
      ip_address: there.find(({ subnet_id }) => subnet_id === ip['subnet_id'])?.ip_address,
      ...ip,
    })),
    security_groups: open ? [] : many(kept, 'securityGroups').flatMap((group) => to.maybe(group) ?? []),
    ...(mayChoose(kept, to) && {
      allowed_address_pairs: ((kept.spec['allowed_address_pairs'] ?? []) as readonly Pair[]).map((pair) => ({
        mac_address: kept.spec['mac_address'],
        ...pair,
      })),
    }),
    qos_policy_id: to.maybe(one(kept, 'qosPolicy')) ?? null,
  };
}

const NOT_OURS = "on a shared network it is its owner's to give";

/** Neutron port. The server it belongs to takes it when it is created; OpenStack's own ports are made by OpenStack. */
export const port = entity({
  kind: 'port',
  service: 'network',
  schema: 3,
  provision: 'created',
  summary:
    'Addresses (several, chosen ones too), MAC, address pairs, security groups of the port, port security, DHCP options, DNS name, VNIC type, QoS policy, tags; unbound VIP ports and sub-ports of trunks too.',
  notKept: AGENTS_OWN,

  list: (cloud, scope) => cloud.network.list<Live>('/ports', 'ports', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/ports/${id}`), 'port'),
  skip: (live) => {
    const owner = String(live['device_owner'] ?? '');
    if (owner.startsWith('network:')) return `made by OpenStack itself (${owner})`;
    return isOctavias(owner) ? `made by Octavia itself, for a load balancer (${owner})` : undefined;
  },
  notified: { 'port.': ['port/id', 'ports/*/id', 'port_id'], ...tagEventsOf('ports') },
  capture: (live) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, 'name', 'admin_state_up', 'mac_address', 'port_security_enabled', 'dns_name', 'binding:vnic_type'),
      extra_dhcp_opts: byText(live['extra_dhcp_opts']),
      ...neutronSpec(live),
      // By the subnet's place in refs.subnets: ids of the source do not belong here.
      fixed_ips: ipsOf(live).map((ip) => ip.ip_address),
      allowed_address_pairs: pairsOf(live),
    },
    refs: refs({
      network: ref('network', live['network_id']),
      subnets: ipsOf(live).map((ip) => ref('subnet', ip.subnet_id)),
      securityGroups: ((live['security_groups'] ?? []) as readonly string[]).map((id) => ref('security-group', id)),
      qosPolicy: ref('qos-policy', live['qos_policy_id']),
    }),
    observed: pick(live, 'device_owner', 'device_id'),
  }),
  pulls: (self, all) => [...vipsOf(self, all), ...membersAt(self, all)],
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/ports', 'ports', { query: { project_id: to.projectId } }),
  body: (kept, to) => {
    const network = one(kept, 'network');
    const vnic = kept.spec['binding:vnic_type'];
    const options = (kept.spec['extra_dhcp_opts'] ?? []) as readonly Json[];
    return {
      port: defined({
        name: kept.spec['name'],
        description: to.mark.text,
        admin_state_up: kept.spec['admin_state_up'],
        network_id: network && to.id(network),
        mac_address: mayChoose(kept, to) ? kept.spec['mac_address'] : undefined,
        fixed_ips: fixedIps(kept, to),
        ...securityOf(kept, to),
        extra_dhcp_opts: options.length > 0 ? options : undefined,
        dns_name: kept.spec['dns_name'] || undefined,
        qos_policy_id: to.maybe(one(kept, 'qosPolicy')),
        'binding:vnic_type': vnic && vnic !== 'normal' ? vnic : undefined,
      }),
    };
  },
  create: (cloud, body) => created(cloud.network, '/ports', 'port', body),
  // Its tags come with the description, which is its mark until they do: a server need not wait for them, nor they for the server.
  async finish(cloud, id, kept, to) {
    await tagNeutron(cloud, `/ports/${id}`, kept, to.mark);
    await describeNeutron(cloud, `/ports/${id}`, 'port', kept);
  },
  finishesAlone: true,
  remove: async (cloud, id) => void (await cloud.network.delete(`/ports/${id}`)),
  returns: comesBackByPut({
    path: '/ports',
    key: 'port',
    fields: [...CHANGED, 'description'],
    fits: (live, kept, to) =>
      live['network_id'] === to.maybe(one(kept, 'network')) &&
      isFree(live, to) &&
      (!to.staged || hasItsAddresses(live, kept, to)),
    wanted: portHere,
    sent: (fields, _wanted, to) => (to.isAdmin ? fields : without(fields, 'mac_address')),
  }),
  staged: (kept) => kept,
  fields: (kept, to) =>
    mayChoose(kept, to)
      ? {}
      : Object.fromEntries(
          ['mac_address', 'fixed_ips', 'allowed_address_pairs', 'port_security_enabled'].map((field) => [
            field,
            { mapped: NOT_OURS },
          ]),
        ),
  uses: () => ({ 'network:port': 1 }),

  examples: [
    {
      live: {
        id: 'p1',
        name: 'db',
        description: '',
        admin_state_up: true,
        mac_address: 'fa:16:3e:00:00:01',
        network_id: 'n1',
        port_security_enabled: true,
        extra_dhcp_opts: [],
        'binding:vnic_type': 'normal',
        tags: [],
        status: 'ACTIVE',
        device_owner: 'compute:nova',
        device_id: 'srv',
        revision_number: 4,
        security_groups: ['g1'],
        fixed_ips: [{ subnet_id: 's1', ip_address: '10.0.0.5' }],
        allowed_address_pairs: [{ ip_address: '10.0.0.9', mac_address: 'fa:16:3e:00:00:01' }],
      },
      keeps: {
        id: 'p1',
        name: 'db',
        spec: {
          name: 'db',
          admin_state_up: true,
          mac_address: 'fa:16:3e:00:00:01',
          port_security_enabled: true,
          extra_dhcp_opts: [],
          'binding:vnic_type': 'normal',
          description: '',
          tags: [],
          fixed_ips: ['10.0.0.5'],
          allowed_address_pairs: [{ ip_address: '10.0.0.9' }],
        },
        refs: {
          network: { kind: 'network', id: 'n1' },
          subnets: [{ kind: 'subnet', id: 's1' }],
          securityGroups: [{ kind: 'security-group', id: 'g1' }],
        },
        observed: { device_owner: 'compute:nova', device_id: 'srv' },
      },
    },
  ],
});
