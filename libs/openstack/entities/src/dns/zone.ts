import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { byText, pick, refs } from '../fields.ts';
import { there, zoneNamed, zones } from './designate.ts';

/** What the world is told is for the moment when the traffic is switched. */
export const SAID_TO_ALL = 'a drill tells the world no names';

const isSecondary = (of: Readonly<Record<string, unknown>>): boolean => of['type'] === 'SECONDARY';

/** What a secondary zone has of these comes from its masters. */
const OF_PRIMARY = ['email', 'ttl'] as const;

/**
 * Designate zone. Its name belongs to all who share the nameservers, so it needs no mark: the name tells which it is. A zone that stands at the target already
 * is served, and neither it nor its record sets are touched: changing what the world is told is for the moment when the traffic is switched.
 */
export const zone = entity({
  kind: 'zone',
  service: 'dns',
  schema: 3,
  testedOn: ['simulator', 'recorded answers'],
  provision: 'created',
  summary:
    'Name, type, e-mail, TTL, masters and description. One of that name that the target has already is left as it is; one whose name another project has there is left out.',
  notKept: {
    'serial, transferred_at': 'Designate counts them itself',
    status: 'how far the nameservers are, of which no notification tells',
    'pool_id, attributes': "they choose among the operator's pools of nameservers",
    'shares, transfer requests': 'they name projects of one cloud, and keys',
    'delegation (NS at the parent, at the registrar)':
      'it is outside of the cloud: point it to the nameservers of the target',
  },

  list: (cloud) => zones(cloud),
  get: (cloud, id) => there(cloud.dns.get<Live>(`/zones/${id}`)),
  // One way for objects as oslo writes them, one for plain ones.
  notified: { 'dns.zone.': ['designate_object.data/id', 'id'] },
  skip: (live) => {
    if (live['action'] === 'DELETE') return 'it is being deleted';
    return live['type'] === 'CATALOG' ? 'Designate makes it, of the zones of a pool' : undefined;
  },
  capture: (live, { projectId }) => ({
    id: live.id,
    name: String(live['name']),
    spec: {
      ...pick(live, 'name', 'type', ...(isSecondary(live) ? [] : OF_PRIMARY)),
      masters: byText(live['masters']),
      description: (live['description'] ?? '') as Json,
    },
    refs: refs({}),
    observed: {
      ...pick(live, 'pool_id', 'attributes', 'created_at'),
      of_others: live['project_id'] !== projectId,
    },
  }),
  standsAlone: true,
  outside: () => SAID_TO_ALL,
  async find(cloud, kept) {
    const found = await zoneNamed(cloud, kept.name);
    return found && { id: found.id, rule: 'zone by name: it is served there already, and left as it is' };
  },
  async declines(cloud, kept, to) {
    if (kept.observed['of_others'] === true)
      return `another project shares it at the source, and ${cloud.site} has none of its name`;
    const taken = to.isAdmin ? await zoneNamed(cloud, kept.name, true) : undefined;
    return taken && `another project serves ${kept.name} at ${cloud.site}`;
  },
  // To a member other projects' zones show by refusals only.
  leavesOut: ({ kind, code, message }) =>
    kind === 'conflict' || code === 'openstack-forbidden' ? `its name cannot be had there: ${message}` : undefined,
  candidates: (cloud, kept) => zones(cloud, { name: kept.name }),
  naturalKey: { kept: (kept) => kept.name, live: (live) => String(live['name']) },
  body: ({ spec }) => ({
    name: spec['name'],
    type: spec['type'],
    ...(isSecondary(spec) ? { masters: spec['masters'] } : pick(spec, ...OF_PRIMARY)),
    ...(spec['description'] !== '' && { description: spec['description'] }),
  }),
  create: async (cloud, body) => (await cloud.dns.post<Live>('/zones', body)).id,
  state: (live) => {
    // It waits for its masters, which may be what was lost.
    if (isSecondary(live) || live['status'] === 'ACTIVE') return 'ready';
    return live['status'] === 'ERROR' ? 'failed' : live['status'] === 'DELETED' ? 'gone' : 'pending';
  },
  remove: async (cloud, id) => void (await cloud.dns.delete(`/zones/${id}`)),

  examples: [
    {
      live: {
        id: 'a86dba58-0043-4cc6-a1bb-69d5e86f3ca3',
        pool_id: '572ba08c-d929-4c70-8e42-03824bb24ca2',
        project_id: 'p1',
        name: 'shop.example.',
        email: 'hostmaster@shop.example',
        ttl: 7200,
        serial: 1404757531,
        status: 'ACTIVE',
        action: 'NONE',
        description: 'The shop',
        masters: [],
        type: 'PRIMARY',
        transferred_at: null,
        version: 1,
        created_at: '2026-07-07T18:25:31.275934',
        updated_at: null,
        attributes: { tier: 'gold' },
        shared: false,
        links: { self: 'https://designate.example/v2/zones/a86dba58-0043-4cc6-a1bb-69d5e86f3ca3' },
      },
      keeps: {
        id: 'a86dba58-0043-4cc6-a1bb-69d5e86f3ca3',
        name: 'shop.example.',
        spec: {
          name: 'shop.example.',
          type: 'PRIMARY',
          email: 'hostmaster@shop.example',
          ttl: 7200,
          masters: [],
          description: 'The shop',
        },
        refs: {},
        observed: {
          pool_id: '572ba08c-d929-4c70-8e42-03824bb24ca2',
          attributes: { tier: 'gold' },
          created_at: '2026-07-07T18:25:31.275934',
          of_others: false,
        },
      },
    },
    {
      live: {
        id: '7f2a9a24-5b5d-4f0b-8a52-3f8f0d0c6f11',
        project_id: 'p1',
        name: 'mirror.example.',
        email: 'hostmaster@example.com',
        ttl: 3600,
        serial: 1,
        status: 'PENDING',
        action: 'CREATE',
        description: null,
        masters: ['192.0.2.9:5354', '192.0.2.8:53'],
        type: 'SECONDARY',
      },
      keeps: {
        id: '7f2a9a24-5b5d-4f0b-8a52-3f8f0d0c6f11',
        name: 'mirror.example.',
        spec: {
          name: 'mirror.example.',
          type: 'SECONDARY',
          masters: ['192.0.2.8:53', '192.0.2.9:5354'],
          description: '',
        },
        refs: {},
        observed: { of_others: false },
      },
    },
  ],
});
