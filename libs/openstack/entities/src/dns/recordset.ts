import { canonicalJson } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { entity } from '@lifeboat/openstack-entity-api';
import type { Entity, Live, Target, Topology } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { byText, one, pick, ref, refs } from '../fields.ts';
import { recordSets, there, zoneNamed, zones } from './designate.ts';
import { SAID_TO_ALL } from './zone.ts';

/** Joined from its zone. */
const ZONE_TYPE = 'lifeboat:zone_type';
/** Beside Designate's body: which addresses in it are floating IPs of the target, whose addresses are looked up when it is made. */
const FLOATING = 'lifeboat:floating_ips';

async function* all(cloud: Cloud): AsyncGenerator<Live> {
  const types = new Map<string, unknown>();
  for await (const { id, type } of zones(cloud)) types.set(id, type);
  for await (const live of recordSets(cloud)) yield { ...live, [ZONE_TYPE]: types.get(String(live['zone_id'])) };
}

/** Its zone is not known by its id: Designate points to where it is. */
async function getRecordSet(cloud: Cloud, id: string): Promise<Live | undefined> {
  const live = await there(cloud.dns.get<Live>(`/recordsets/${id}`));
  const of = live && (await there(cloud.dns.get<Live>(`/zones/${String(live['zone_id'])}`)));
  return live && { ...live, [ZONE_TYPE]: of?.['type'] };
}

/** The workload's floating IPs among the addresses that it tells. */
function floatingIps({ spec }: Entity, topology: Topology): readonly (Entity & { readonly address: string })[] {
  if (spec['type'] !== 'A') return [];
  const records = spec['records'] as readonly string[];
  return topology
    .of('floating-ip')
    .map((fip) => ({ ...fip, address: String(fip.spec['floating_ip_address']) }))
    .filter(({ address }) => records.includes(address));
}

const carried = (kept: Entity, to: Target): Record<string, string> =>
  Object.fromEntries(
    floatingIps(kept, to.all).flatMap((fip) => {
      const id = to.maybe(fip);
      return id === undefined ? [] : [[fip.address, id]];
    }),
  );

const zoneAt = (kept: Entity, to: Target): string | undefined => to.maybe(one(kept, 'zone'));

const key = (zone: unknown, of: Readonly<Record<string, unknown>>): string =>
  canonicalJson([zone ?? null, of['name'], of['type']] as Json);

/** Of its name and type in its zone at the target: there can be one only. */
async function* namesakes(cloud: Cloud, kept: Entity, to: Target): AsyncGenerator<Live> {
  const zone = zoneAt(kept, to);
  if (zone !== undefined && (await there(cloud.dns.get<Live>(`/zones/${zone}`))))
    yield* recordSets(cloud, { zone, name: String(kept.spec['name']) });
}

/**
 * Designate record set. Addresses of floating IPs that are carried along become those at the target; nothing but the address says that one belongs to the
 * other, so it is no reference: a zone would pull every server into a group that any of its names leads to. What stands in a zone that was not made by the
 * run is left as it is, and nothing is added to it.
 */
export const recordSet = entity({
  kind: 'recordset',
  service: 'dns',
  schema: 2,
  testedOn: ['simulator', 'recorded answers'],
  provision: 'created',
  summary:
    "Name, type, TTL, records and description, in a zone that is made with it; addresses of the workload's floating IPs become the target's. In a zone that the target serves already nothing is changed and nothing added.",
  notKept: {
    status: 'how far the nameservers are, of which no notification tells',
    'SOA, and NS of the zone itself': "they are Designate's own, and name the nameservers of one cloud",
    'record sets of secondary zones': 'they come from the masters',
    managed:
      "the API does not show which records Designate's sink made of ports and servers: they are carried like any other",
  },

  list: all,
  get: getRecordSet,
  notified: { 'dns.recordset.': ['designate_object.data/id', 'id'] },
  skip: (live) => {
    if (live['type'] === 'SOA' || (live['type'] === 'NS' && live['name'] === live['zone_name']))
      return "it is Designate's own";
    if (live['managed'] === true) return 'Designate manages it';
    if (live['action'] === 'DELETE') return 'it is being deleted';
    return live[ZONE_TYPE] === 'SECONDARY' || live[ZONE_TYPE] === 'CATALOG'
      ? 'it comes from the masters of its zone'
      : undefined;
  },
  capture: (live) => ({
    id: live.id,
    name: `${String(live['name'])} ${String(live['type'])}`,
    spec: {
      ...pick(live, 'name', 'type', 'ttl'),
      records: byText(live['records']),
      description: (live['description'] ?? '') as Json,
    },
    refs: refs({ zone: ref('zone', live['zone_id']) }),
    observed: pick(live, 'created_at'),
  }),
  belongsTo: ['zone'],
  needs: ['zone'],
  outside: () => SAID_TO_ALL,
  after: floatingIps,
  async find(cloud, kept, to) {
    const wanted = key(zoneAt(kept, to), kept.spec);
    for await (const live of namesakes(cloud, kept, to))
      if (key(live['zone_id'], live) === wanted)
        return { id: live.id, rule: 'record set by name and type: it is served there already, and left as it is' };
    return undefined;
  },
  async declines(cloud, kept, to) {
    const zone = one(kept, 'zone');
    if (!zone || to.made(zone)) return undefined;
    const name = to.captured(zone)?.name ?? '';
    return to.maybe(zone) !== undefined || (await zoneNamed(cloud, name))
      ? `${cloud.site} serves ${name} already, and nothing is added to it before the traffic is switched`
      : undefined;
  },
  candidates: namesakes,
  naturalKey: {
    kept: (kept, to) => key(zoneAt(kept, to), kept.spec),
    live: (live) => key(live['zone_id'], live),
  },
  body: (kept, to) => {
    const { ttl, description, ...plain } = kept.spec;
    const zone = one(kept, 'zone');
    return {
      // Neither is a field: the path, and what is looked up.
      zone_id: zone && to.id(zone),
      [FLOATING]: carried(kept, to),
      recordset: { ...plain, ...(ttl !== null && { ttl }), ...(description !== '' && { description }) },
    };
  },
  async create(cloud, body) {
    const wanted = body['recordset'] as { readonly records: readonly string[] };
    const addresses = await addressesOf(cloud, body[FLOATING] as Readonly<Record<string, string>>);
    const records = [...new Set(wanted.records.map((record) => addresses.get(record) ?? record))];
    return (await cloud.dns.post<Live>(`/zones/${String(body['zone_id'])}/recordsets`, { ...wanted, records })).id;
  },
  // No state: Designate takes it at once, and spreads it in its own time, minutes perhaps; its zone tells when that fails.
  async remove(cloud, id, kept, to) {
    const zone = zoneAt(kept, to);
    if (zone !== undefined) await cloud.dns.delete(`/zones/${zone}/recordsets/${id}`);
  },
  fields: (kept, to) =>
    Object.keys(carried(kept, to)).length > 0
      ? { records: { mapped: 'addresses of floating IPs are those at the target' } }
      : {},

  examples: [
    {
      live: {
        id: 'f7b10e9b-0cae-4a91-b162-562bc6096648',
        zone_id: '2150b1bf-dee2-4221-9d85-11f7886fb15f',
        project_id: '4335d1f0-f793-11e2-b778-0800200c9a66',
        name: 'www.shop.example.',
        zone_name: 'shop.example.',
        type: 'A',
        records: ['203.0.113.9', '203.0.113.7'],
        description: null,
        ttl: 300,
        status: 'ACTIVE',
        action: 'NONE',
        version: 1,
        created_at: '2026-10-24T19:59:44.000000',
        updated_at: null,
        'lifeboat:zone_type': 'PRIMARY',
      },
      keeps: {
        id: 'f7b10e9b-0cae-4a91-b162-562bc6096648',
        name: 'www.shop.example. A',
        spec: {
          name: 'www.shop.example.',
          type: 'A',
          ttl: 300,
          records: ['203.0.113.7', '203.0.113.9'],
          description: '',
        },
        refs: { zone: { kind: 'zone', id: '2150b1bf-dee2-4221-9d85-11f7886fb15f' } },
        observed: { created_at: '2026-10-24T19:59:44.000000' },
      },
    },
  ],
});

async function addressesOf(cloud: Cloud, ids: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  const pairs = Object.entries(ids).map(async ([old, id]) => {
    const { floatingip } = await cloud.network.get<{ floatingip: { floating_ip_address: string } }>(
      `/floatingips/${id}`,
    );
    return [old, floatingip.floating_ip_address] as const;
  });
  return new Map(await Promise.all(pairs));
}
