import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Scope } from '@lifeboat/openstack-entity-api';
import {
  AGENTS_OWN,
  byName,
  created,
  defined,
  describeNeutron,
  found,
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
import { isOnlyWayOut, NO_WAY_OUT, NOT_SHARED, STAND_IN, standInName } from './isolation.ts';
import { isOpenToOthers, sharedByFlag } from './shared.ts';

const isForeign = (live: Live, scope: Scope): boolean =>
  live['router:external'] === true || live['project_id'] !== scope.projectId;

const CHANGED = ['name', 'admin_state_up', 'port_security_enabled', 'dns_domain', 'shared'];

/** Of what stands staged no names are told. */
const quiet = (kept: Entity): Entity =>
  kept.spec['dns_domain'] ? { ...kept, spec: { ...kept.spec, dns_domain: '' } } : kept;

/** Neutron network. The project's own is recreated; external and shared ones belong to others and are mapped by name. */
export const network = entity({
  kind: 'network',
  service: 'network',
  schema: 3,
  provision: 'created',
  summary:
    "Name, description, flags, DNS domain, QoS policy and tags of own networks; external and shared ones are mapped by name. Segments and physical networks are the operator's.",
  notKept: AGENTS_OWN,

  list: (cloud, scope) => cloud.network.list<Live>('/networks', 'networks', { query: { project_id: scope.projectId } }),
  get: (cloud, id) => found(cloud.network.get(`/networks/${id}`), 'network'),
  notified: { 'network.': ['network/id', 'networks/*/id', 'network_id'], ...tagEventsOf('networks') },
  capture: (live, scope) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, 'name', 'admin_state_up', 'port_security_enabled', 'dns_domain', 'shared', 'mtu'),
      ...neutronSpec(live),
    },
    // What others put on their network is theirs.
    refs: refs(isForeign(live, scope) ? {} : { qosPolicy: ref('qos-policy', live['qos_policy_id']) }),
    observed: { foreign: isForeign(live, scope) },
  }),
  outside: (kept, all) => (isOnlyWayOut(kept, all) ? NO_WAY_OUT : undefined),
  find: async (cloud, kept, to) => {
    if (to.isolated) return undefined;
    if (kept.observed['foreign'] !== true && to.mapped('network', kept.name) === kept.name) return undefined;
    return byName(cloud.network.list<Live>('/networks', 'networks'), kept, to, 'network');
  },
  candidates: (cloud, _kept, to) =>
    cloud.network.list<Live>('/networks', 'networks', { query: { project_id: to.projectId } }),
  body: (kept, to) => {
    const { spec, observed } = kept;
    // Only reached for own networks, and for foreign ones that could not be mapped: those are never recreated, but stood in for in a drill.
    if (observed['foreign'] === true && !to.isolated) return {};
    return {
      network: defined({
        name: observed['foreign'] === true ? standInName(kept.name) : spec['name'],
        description: to.mark.text,
        admin_state_up: spec['admin_state_up'],
        port_security_enabled: spec['port_security_enabled'],
        dns_domain: (!to.isolated && spec['dns_domain']) || undefined,
        qos_policy_id: to.maybe(one(kept, 'qosPolicy')),
        shared: sharedByFlag(kept, to) ? true : undefined,
      }),
    };
  },
  create: (cloud, body) => created(cloud.network, '/networks', 'network', body),
  async afterCreate(cloud, id, kept, to) {
    await tagNeutron(cloud, `/networks/${id}`, kept, to.mark);
    const live = await found<Live>(cloud.network.get(`/networks/${id}`), 'network');
    // The guests were told the smaller one; a larger one than the target's is refused. At once: a trunk refuses a sub-port of a larger one.
    const shrink = Number(live?.['mtu'] ?? 0) > Number(kept.spec['mtu'] ?? Infinity);
    if (shrink) await cloud.network.put(`/networks/${id}`, { network: { mtu: kept.spec['mtu'] } });
  },
  finish: async (cloud, id, kept) => void (await describeNeutron(cloud, `/networks/${id}`, 'network', kept)),
  finishesAlone: true,
  remove: async (cloud, id) => void (await cloud.network.delete(`/networks/${id}`)),
  returns: comesBackByPut({
    path: '/networks',
    key: 'network',
    fields: [...CHANGED, 'description', 'qos_policy_id'],
    fits: () => true,
    // Its MTU stays: it took more there once.
    wanted: (kept, to) => ({
      ...pick(kept.spec, ...CHANGED.filter((field) => field !== 'shared' || to.isAdmin)),
      qos_policy_id: to.maybe(one(kept, 'qosPolicy')) ?? null,
    }),
    sent: (fields, _wanted, to) => (to.isAdmin ? fields : without(fields, 'shared')),
  }),
  staged: (kept) => (isOpenToOthers(kept) ? undefined : quiet(kept)),
  fields: (kept, to) => ({
    mtu: { mapped: "the target's network takes no larger one" },
    ...(!to.isAdmin && { shared: { dropped: 'only an administrator may share a network' } }),
    ...(to.isolated && { shared: { dropped: NOT_SHARED }, dns_domain: { dropped: NO_WAY_OUT } }),
    ...(to.isolated && kept.observed['foreign'] === true && { name: { mapped: STAND_IN } }),
  }),
  uses: (kept) => (kept.observed['foreign'] === true ? {} : { 'network:network': 1 }),

  examples: [
    {
      live: {
        id: 'n1',
        name: 'web',
        description: '',
        admin_state_up: true,
        port_security_enabled: true,
        mtu: 1450,
        shared: false,
        status: 'ACTIVE',
        project_id: 'p1',
        'router:external': false,
        tags: [],
        'provider:network_type': 'vxlan',
        revision_number: 2,
      },
      keeps: {
        id: 'n1',
        name: 'web',
        spec: {
          name: 'web',
          admin_state_up: true,
          port_security_enabled: true,
          shared: false,
          mtu: 1450,
          description: '',
          tags: [],
        },
        refs: {},
        observed: { foreign: false },
      },
    },
  ],
});
