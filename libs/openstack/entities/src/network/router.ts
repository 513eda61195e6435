import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Target } from '@lifeboat/openstack-entity-api';
import {
  AGENTS_OWN,
  byText,
  created,
  defined,
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
import { comesBackByPut } from './comes-back.ts';
import type { ByPut } from './comes-back.ts';
import { NO_WAY_OUT } from './isolation.ts';
import { isWithin } from './ranges.ts';

interface Gateway {
  readonly network_id?: string;
  readonly enable_snat?: boolean;
  readonly external_fixed_ips?: readonly { readonly ip_address: string }[];
}
const gatewayOf = (live: Live): Gateway => (live['external_gateway_info'] ?? {}) as Gateway;

type Route = Readonly<Record<string, Json>>;

/**
 * Its routes: those whose next hop is on a network it is joined to there, and the rest, which Neutron refuses. A next hop may be on the source's
 * external network, or on a network that is not of the group.
 */
function routesOf(
  kept: Entity,
  to: Pick<Target, 'all' | 'captured'>,
): { readonly held: Route[]; readonly lost: Route[] } {
  const ranges = to.all
    .of('router-interface')
    .filter((joint) => one(joint, 'router')?.id === kept.id)
    .flatMap((joint) => many(joint, 'subnets'))
    .map((subnet) => String(to.captured(subnet)?.spec['cidr'] ?? ''));
  const routes = (kept.spec['routes'] ?? []) as readonly Route[];
  const { held = [], lost = [] } = Object.groupBy(routes, ({ nexthop }) =>
    ranges.some((range) => isWithin(String(nexthop), range)) ? 'held' : 'lost',
  );
  return { held, lost };
}

const said = (routes: readonly Route[]): string =>
  routes.map(({ destination, nexthop }) => `${String(destination)} via ${String(nexthop)}`).join(', ');

/** As it is where it leads to the same network, so that its address stays. */
function gatewayHere(kept: Entity, to: Target, live: Live): unknown {
  const gateway = one(kept, 'gateway');
  if (!gateway) return null;
  const snat = to.isAdmin ? kept.spec['enable_snat'] !== false : gatewayOf(live).enable_snat;
  if (gatewayOf(live).network_id === to.maybe(gateway) && gatewayOf(live).enable_snat === snat)
    return live['external_gateway_info'];
  return { network_id: to.maybe(gateway), ...(to.isAdmin && { enable_snat: snat }) };
}

/** The gateway's address and SNAT are an administrator's to choose. */
function givenGateway(fields: Readonly<Record<string, unknown>>, isAdmin: boolean): Record<string, unknown> {
  const { external_gateway_info: gateway, ...rest } = fields;
  if (gateway === undefined) return rest;
  if (gateway === null || isAdmin) return { ...rest, external_gateway_info: gateway };
  return { ...rest, external_gateway_info: { network_id: (gateway as Gateway).network_id } };
}

const routesHere = (kept: Entity, to: Target) => ({ routes: routesOf(kept, to).held });

const AS_CAPTURED: ByPut = {
  path: '/routers',
  key: 'router',
  fields: ['name', 'admin_state_up', 'routes', 'description', 'external_gateway_info'],
  fits: () => true,
  wanted: (kept, to, live) => ({
    ...pick(kept.spec, 'name', 'admin_state_up'),
    external_gateway_info: gatewayHere(kept, to, live),
  }),
  sent: (fields, _wanted, to) => givenGateway(fields, to.isAdmin),
};

/** Neutron router with its external gateway. Interfaces are a type of their own: they join two entities. Routes are refused before the interfaces stand. */
export const router = entity({
  kind: 'router',
  service: 'network',
  schema: 2,
  provision: 'created',
  summary:
    "Gateway (to the mapped external network), routes whose next hop is on a carried network, flags and tags; the gateway's own address is the target's to give, HA and DVR are the operator's.",
  notKept: AGENTS_OWN,

  list: (cloud, scope) => cloud.network.list<Live>('/routers', 'routers', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/routers/${id}`), 'router'),
  notified: {
    'router.': ['router/id', 'routers/*/id', 'router_id'],
    'router.interface.': ['router_interface/id'],
    ...tagEventsOf('routers'),
  },
  capture: (live) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, 'name', 'admin_state_up'),
      routes: byText(live['routes']),
      ...neutronSpec(live),
      enable_snat: gatewayOf(live).enable_snat !== false,
      gateway_addresses: (gatewayOf(live).external_fixed_ips ?? []).map((ip) => ip.ip_address).sort(),
    },
    refs: refs({ gateway: ref('network', gatewayOf(live).network_id) }),
    observed: pick(live, 'ha', 'distributed'),
  }),
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/routers', 'routers', { query: { project_id: to.projectId } }),
  body: (kept, to) => {
    const gateway = to.isolated ? undefined : one(kept, 'gateway');
    return {
      router: defined({
        name: kept.spec['name'],
        description: to.mark.text,
        admin_state_up: kept.spec['admin_state_up'],
        external_gateway_info: gateway && {
          network_id: to.id(gateway),
          // To name it at all is an administrator's right.
          ...(to.isAdmin && kept.spec['enable_snat'] === false && { enable_snat: false }),
        },
      }),
    };
  },
  create: (cloud, body) => created(cloud.network, '/routers', 'router', body),
  afterCreate: async (cloud, id, kept, to) => void (await tagNeutron(cloud, `/routers/${id}`, kept, to.mark)),
  finish: async (cloud, id, kept, to) => {
    const { held: routes } = routesOf(kept, to);
    await describeNeutron(cloud, `/routers/${id}`, 'router', kept, routes.length > 0 ? { routes } : {});
  },
  // An interface that a route leads through is not let go.
  loosen: async (cloud, id) => void (await cloud.network.put(`/routers/${id}`, { router: { routes: [] } })),
  remove: async (cloud, id) => void (await cloud.network.delete(`/routers/${id}`)),
  // Routes last: their next hops are on networks that it may only be joined to by then.
  returns: { ...comesBackByPut(AS_CAPTURED), last: comesBackByPut({ ...AS_CAPTURED, wanted: routesHere }).restore },
  // Where nothing is translated, its networks may be announced outside: the primary's are, as long as it lives.
  staged: (kept) => (one(kept, 'gateway') && kept.spec['enable_snat'] === false ? undefined : kept),
  fields: (kept, to) => ({
    ...(routesOf(kept, to).lost.length > 0 && {
      routes: { dropped: `no carried network has the next hop of ${said(routesOf(kept, to).lost)}` },
    }),
    gateway_addresses: { mapped: "the target's external network gives the address" },
    ...(!to.isAdmin && { enable_snat: { dropped: 'only an administrator may switch SNAT off' } }),
    ...(to.isolated &&
      Object.fromEntries(
        ['refs.gateway', 'gateway_addresses', 'enable_snat'].map((field) => [field, { dropped: NO_WAY_OUT }]),
      )),
  }),
  uses: () => ({ 'network:router': 1 }),

  examples: [
    {
      live: {
        id: 'r1',
        name: 'edge',
        description: '',
        admin_state_up: true,
        routes: [],
        status: 'ACTIVE',
        ha: false,
        distributed: false,
        revision_number: 3,
        tags: [],
        external_gateway_info: {
          network_id: 'ext',
          enable_snat: true,
          external_fixed_ips: [{ subnet_id: 'x', ip_address: '172.24.4.17' }],
        },
      },
      keeps: {
        id: 'r1',
        name: 'edge',
        spec: {
          name: 'edge',
          admin_state_up: true,
          routes: [],
          description: '',
          tags: [],
          enable_snat: true,
          gateway_addresses: ['172.24.4.17'],
        },
        refs: { gateway: { kind: 'network', id: 'ext' } },
        observed: { ha: false, distributed: false },
      },
    },
  ],
});
