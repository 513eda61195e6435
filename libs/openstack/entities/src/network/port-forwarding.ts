import { canonicalJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { created, found, one, pick, ref, refs } from '../fields.ts';
import { NO_WAY_OUT } from './isolation.ts';

const path = (floatingIp: string): string => `/floatingips/${floatingIp}/port_forwardings`;

async function* forwardingsOf(cloud: Cloud, floatingIp: string): AsyncGenerator<Live> {
  for await (const live of cloud.network.list<Live>(path(floatingIp), 'port_forwardings'))
    yield { ...live, floatingip_id: floatingIp };
}

/**
 * There is no list of all, but only a floating IP that forwards has a router and no port: so it is a call for each of those, and none for the
 * others.
 */
async function* forwardings(cloud: Cloud, projectId: string): AsyncGenerator<Live> {
  const query = { project_id: projectId };
  for await (const live of cloud.network.list<Live>('/floatingips', 'floatingips', { query }))
    if (live['router_id'] && !live['port_id']) yield* forwardingsOf(cloud, live.id);
}

/** One port is also answered as a range, by Neutrons that know ranges. */
const portsOf = (live: Live, side: 'internal' | 'external'): string => {
  const range = String(live[`${side}_port_range`] ?? '');
  const [first = '', last = first] = range.split(':');
  return first === '' || first === last ? String(live[`${side}_port`] ?? first) : range;
};

/** Ranges on both sides, or one port on both. */
function asked(inside: string, outside: string): Record<string, unknown> {
  const range = (ports: string): string => (ports.includes(':') ? ports : `${ports}:${ports}`);
  return [inside, outside].some((ports) => ports.includes(':'))
    ? { internal_port_range: range(inside), external_port_range: range(outside) }
    : { internal_port: Number(inside), external_port: Number(outside) };
}

const key = (of: Readonly<Record<string, unknown>>, floatingIp: unknown, port: unknown): string =>
  canonicalJson(
    [floatingIp, port, of['protocol'], of['internal_ip_address'], of['internal_ports'], of['external_ports']].map(
      (value) => String(value ?? ''),
    ),
  );

const specOf = (live: Live): Record<string, Json> => ({
  ...pick(live, 'protocol', 'internal_ip_address', 'description'),
  internal_ports: portsOf(live, 'internal'),
  external_ports: portsOf(live, 'external'),
});

const floatingIpAt = (kept: Entity, to: Target): string | undefined => to.maybe(one(kept, 'floatingIp'));

/** Port forwarding of a Neutron floating IP: one of its ports leads to a port of one address inside. */
export const portForwarding = entity({
  kind: 'port-forwarding',
  service: 'network',
  extension: 'floating-ip-port-forwarding',
  schema: 1,
  provision: 'created',
  summary: "Protocol, ports (or ranges), inner address and port, description; the outer address is the target's.",

  list: (cloud, scope) => forwardings(cloud, scope.projectId),
  async get(cloud, id, scope) {
    for await (const live of forwardings(cloud, scope.projectId)) if (live.id === id) return live;
    return undefined;
  },
  notified: { 'port_forwarding.': ['port_forwarding/id', 'port_forwardings/*/id', 'port_forwarding_id'] },
  capture: (live) => ({
    id: live.id,
    name: '',
    spec: specOf(live),
    refs: refs({
      floatingIp: ref('floating-ip', live['floatingip_id']),
      port: ref('port', live['internal_port_id']),
    }),
    observed: {},
  }),
  belongsTo: ['port', 'floatingIp'],
  needs: ['port', 'floatingIp'],
  outside: () => NO_WAY_OUT,
  // As with a floating IP: the way from the router to the port must be there.
  after: (_self, all) => [...all.of('router'), ...all.of('router-interface')],
  async *candidates(cloud, kept, to) {
    const floatingIp = floatingIpAt(kept, to);
    const there = floatingIp && (await found<Live>(cloud.network.get(`/floatingips/${floatingIp}`), 'floatingip'));
    if (there) yield* forwardingsOf(cloud, there.id);
  },
  naturalKey: {
    kept: (kept, to) => key(kept.spec, floatingIpAt(kept, to), to.maybe(one(kept, 'port'))),
    live: (live) => key(specOf(live), live['floatingip_id'], live['internal_port_id']),
  },
  body: (kept, to) => {
    const { internal_ports: inside, external_ports: outside, ...plain } = kept.spec;
    const [port, floatingIp] = [one(kept, 'port'), one(kept, 'floatingIp')];
    return {
      // Not a field but the path.
      floatingip_id: floatingIp && to.id(floatingIp),
      port_forwarding: {
        ...plain,
        ...asked(String(inside), String(outside)),
        internal_port_id: port && to.id(port),
      },
    };
  },
  create: (cloud, { floatingip_id: floatingIp, ...body }) =>
    created(cloud.network, path(String(floatingIp)), 'port_forwarding', body),
  async remove(cloud, id, kept, to) {
    const floatingIp = floatingIpAt(kept, to);
    if (floatingIp !== undefined) await cloud.network.delete(`${path(floatingIp)}/${id}`);
  },

  returns: 'as it is',
  examples: [
    {
      live: {
        id: 'w1',
        floatingip_id: 'f1',
        protocol: 'tcp',
        internal_ip_address: '10.0.0.5',
        internal_port: 22,
        internal_port_id: 'p1',
        external_port: 2222,
        internal_port_range: '22:22',
        external_port_range: '2222:2222',
        description: 'ssh',
      },
      keeps: {
        id: 'w1',
        name: '',
        spec: {
          protocol: 'tcp',
          internal_ip_address: '10.0.0.5',
          description: 'ssh',
          internal_ports: '22',
          external_ports: '2222',
        },
        refs: { floatingIp: { kind: 'floating-ip', id: 'f1' }, port: { kind: 'port', id: 'p1' } },
        observed: {},
      },
    },
    {
      live: {
        id: 'w2',
        floatingip_id: 'f1',
        protocol: 'udp',
        internal_ip_address: '10.0.0.5',
        internal_port_id: 'p1',
        internal_port_range: '8000:8009',
        external_port_range: '9000:9009',
      },
      keeps: {
        id: 'w2',
        name: '',
        spec: {
          protocol: 'udp',
          internal_ip_address: '10.0.0.5',
          internal_ports: '8000:8009',
          external_ports: '9000:9009',
        },
        refs: { floatingIp: { kind: 'floating-ip', id: 'f1' }, port: { kind: 'port', id: 'p1' } },
        observed: {},
      },
    },
  ],
});
