import type { Finding, TrafficSwitch } from '@lifeboat/contracts';
import { external, notFound } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Live } from '@lifeboat/openstack-entity-api';
import type { Put, SwitchKind } from '../switch-kind.ts';
import { recordSetFor, sameRecordSet, showRecordSet } from './record-set.ts';
import type { RecordSet } from './record-set.ts';

type Designate = NonNullable<TrafficSwitch['designate']>;

/** A record set of a zone that Designate serves. Done when its nameservers have it. */
export const designate: SwitchKind<Designate, RecordSet> = {
  text: ({ name, type, site }, target) => `designate ${name} ${type} at ${site ?? target}`,

  async blockers({ zone, site }, { cloud, target, topology, where }): Promise<readonly Finding[]> {
    const at = await cloud(site ?? target);
    if (!(await at.has('dns')))
      return [
        { code: 'plan-no-designate', where, message: `${at.site} has no Designate.`, mend: 'Name another site.' },
      ];
    const live = await zoneAt(at, zone);
    // The group's own, where it is made with it.
    if (!live && at.site === target && topology.of('zone').some(({ name }) => name === zone)) return [];
    if (live?.['type'] === 'PRIMARY') return [];
    const message = live ? `${zone} is a secondary zone at ${at.site}.` : `${at.site} has no zone ${zone}`;
    return [
      { code: 'plan-zone-unknown', where, message, mend: `Make ${zone} there, as a primary zone, or correct it.` },
    ];
  },

  async look(what, _servers, { cloud, target }) {
    const found = await find(await cloud(what.site ?? target), what);
    return found.live ? valueOf(found.live) : null;
  },

  wanted: (what, before, servers) => recordSetFor(what, before, servers, null),

  async put(what, _from, to, { cloud, target }): Promise<Put> {
    const { dns, site } = await cloud(what.site ?? target);
    const { path, live } = await find({ dns, site }, what);
    const status = String(live?.['status'] ?? '');
    if (live?.['action'] === 'DELETE' && status !== 'ERROR') return 'going';
    if (to === null) {
      if (!live) return {};
      await dns.delete(`${path}/${live.id}`);
      return 'going';
    }
    const { ttl } = to;
    if (!live)
      await dns.post(path, { name: what.name, type: what.type, records: to.records, ...(ttl !== null && { ttl }) });
    else if (!sameRecordSet(valueOf(live), to)) await dns.put(`${path}/${live.id}`, { records: to.records, ttl });
    else if (status === 'ERROR')
      throw external('designate-failed', `Designate at ${site} could not tell its nameservers of ${what.name}.`, {
        retry: 'yes',
        mend: 'Look at the worker of that Designate, and its nameservers.',
      });
    else if (status === 'ACTIVE') return {};
    return 'going';
  },

  show: showRecordSet,
};

const valueOf = (live: Live): RecordSet => ({
  ttl: (live['ttl'] ?? null) as number | null,
  records: live['records'] as readonly string[],
});

async function zoneAt({ dns }: Pick<Cloud, 'dns'>, zone: string): Promise<Live | undefined> {
  for await (const live of dns.list<Live>('/zones', 'zones', { query: { name: zone } }))
    if (live['name'] === zone && live['action'] !== 'DELETE') return live;
  return undefined;
}

async function find(
  cloud: Pick<Cloud, 'dns' | 'site'>,
  { zone, name, type }: Designate,
): Promise<{ readonly path: string; readonly live?: Live }> {
  const zoneLive = await zoneAt(cloud, zone);
  if (!zoneLive)
    throw notFound('zone-not-found', `Designate at ${cloud.site} has no zone ${zone}.`, {
      mend: `Make the zone there, then have traffic switched again.`,
    });
  const path = `/zones/${zoneLive.id}/recordsets`;
  for await (const live of cloud.dns.list<Live>(path, 'recordsets', { query: { name, type } }))
    if (live['name'] === name && live['type'] === type) return { path, live };
  return { path };
}
