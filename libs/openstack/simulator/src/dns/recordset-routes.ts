import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { numberOf, requiredText, textsOf } from '../http/fields.ts';
import { microsTime, uuid } from '../state/identifiers.ts';
import { designate, invalidObject } from './dns-error.ts';
import { dnsList, matches } from './dns-list.ts';
import type { RecordSet, Zone } from './dns-state.ts';
import { allProjects, descriptionOf, onlyKnown, spread, zoneOf } from './zone-routes.ts';

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'SRV', 'TXT', 'SPF', 'NS', 'PTR', 'SSHFP', 'SOA', 'NAPTR', 'CAA', 'CERT'];

const view = (cloud: Cloud, one: RecordSet): Record<string, unknown> => ({
  id: one.id,
  zone_id: one.zoneId,
  project_id: one.projectId,
  name: one.name,
  zone_name: cloud.dns.zones.get(one.zoneId)?.name ?? null,
  type: one.type,
  records: one.records,
  description: one.description,
  ttl: one.ttl,
  status: one.status,
  action: one.action,
  version: 1,
  created_at: microsTime(one.born),
  updated_at: one.updated === null ? null : microsTime(one.updated),
  links: { self: `${cloud.origin}/v2/zones/${one.zoneId}/recordsets/${one.id}` },
});

function recordSetOf(cloud: Cloud, call: Call, zone?: Zone): RecordSet {
  const found = cloud.dns.recordSets.get(call.params['id']);
  const mine = zone ? found?.zoneId === zone.id : found?.projectId === call.who.projectId;
  if (found === undefined || !mine) throw designate(404, 'recordset_not_found', 'Could not find RecordSet');
  return found;
}

function recordsOf(call: Call): string[] {
  const records = textsOf(call.body, 'records') ?? [];
  if (records.length === 0) throw invalidObject("'records' is a required property");
  return [...new Set(records)];
}

function checkPlace(cloud: Cloud, zone: Zone, name: string, type: string): void {
  const at = (wanted: (one: RecordSet) => boolean): boolean =>
    cloud.dns.recordSets.some((one) => one.zoneId === zone.id && one.name === name && wanted(one));
  const misplaced = (message: string): Error => designate(400, 'invalid_recordset_location', message);
  if (name !== zone.name && !name.endsWith(`.${zone.name}`))
    throw misplaced("RecordSet is not contained within it's parent zone");
  if (at((one) => one.type === type)) throw designate(409, 'duplicate_recordset', 'Duplicate RecordSet');
  if (type === 'CNAME' && name === zone.name) throw misplaced('CNAME recordsets may not be created at the zone apex');
  if (at((one) => type === 'CNAME' || one.type === 'CNAME'))
    throw misplaced('CNAME recordsets may not share a name with any other records');
}

function create(cloud: Cloud, call: Call): RecordSet {
  const zone = zoneOf(cloud, call);
  const { body } = call;
  onlyKnown(body, ['name', 'type', 'ttl', 'description', 'records']);
  const [name, type] = [requiredText(body, 'name'), requiredText(body, 'type')];
  if (!TYPES.includes(type)) throw invalidObject(`'${type}' is not a supported record type`);
  if (type === 'SOA') throw designate(400, 'bad_request', 'Creating a SOA recordset is not allowed');
  if (zone.action === 'DELETE') throw designate(400, 'bad_request', 'Can not update a deleting zone');
  if (zone.type === 'SECONDARY') throw designate(403, 'forbidden', 'Create recordset on secondary zone not allowed');
  checkPlace(cloud, zone, name, type);
  const made = cloud.dns.recordSets.add({
    id: uuid(),
    born: Date.now(),
    updated: null,
    name,
    projectId: zone.projectId,
    zoneId: zone.id,
    type,
    managed: false,
    description: descriptionOf(body),
    ttl: numberOf(body, 'ttl') ?? null,
    records: recordsOf(call),
    status: 'PENDING',
    action: 'CREATE',
  });
  spread(cloud, zone, 'UPDATE');
  return made;
}

function changeable(cloud: Cloud, call: Call): { readonly zone: Zone; readonly one: RecordSet } {
  const zone = zoneOf(cloud, call);
  const one = recordSetOf(cloud, call, zone);
  if (one.managed) throw designate(400, 'bad_request', 'Managed records may not be updated');
  return { zone, one };
}

function update(cloud: Cloud, call: Call): RecordSet {
  const { zone, one } = changeable(cloud, call);
  onlyKnown(call.body, ['ttl', 'description', 'records']);
  if ('records' in call.body) one.records = recordsOf(call);
  if ('ttl' in call.body) one.ttl = numberOf(call.body, 'ttl') ?? null;
  if ('description' in call.body) one.description = descriptionOf(call.body);
  Object.assign(one, { updated: Date.now(), status: 'PENDING', action: 'UPDATE' });
  spread(cloud, zone, 'UPDATE');
  return one;
}

function destroy(cloud: Cloud, call: Call): RecordSet {
  const { zone, one } = changeable(cloud, call);
  Object.assign(one, { status: 'PENDING', action: 'DELETE' });
  spread(cloud, zone, 'UPDATE');
  return one;
}

export const recordSetRoutes = (cloud: Cloud): Route[] => {
  const shown = (one: RecordSet): Record<string, unknown> => view(cloud, one);
  const list = (call: Call, items: readonly RecordSet[]): unknown =>
    dnsList(
      call,
      'recordsets',
      items.filter((one) => matches(call, shown(one), 'name', 'type', 'status')),
      shown,
    );
  return [
    get('/v2/recordsets', (call) =>
      ok(
        list(
          call,
          cloud.dns.recordSets.filter((one) => one.projectId === call.who.projectId || allProjects(call)),
        ),
      ),
    ),
    // Without its zone it is only pointed to, by a host that need not be the one that was asked.
    get('/v2/recordsets/{id}', (call) => {
      const { id, zoneId } = recordSetOf(cloud, call);
      return { status: 301, headers: { location: `${cloud.origin}/v2/zones/${zoneId}/recordsets/${id}` } };
    }),
    get('/v2/zones/{zone}/recordsets', (call) => {
      const { id } = zoneOf(cloud, call);
      return ok(
        list(
          call,
          cloud.dns.recordSets.filter(({ zoneId }) => zoneId === id),
        ),
      );
    }),
    post('/v2/zones/{zone}/recordsets', (call) => accepted(shown(create(cloud, call)))),
    get('/v2/zones/{zone}/recordsets/{id}', (call) => ok(shown(recordSetOf(cloud, call, zoneOf(cloud, call))))),
    put('/v2/zones/{zone}/recordsets/{id}', (call) => accepted(shown(update(cloud, call)))),
    remove('/v2/zones/{zone}/recordsets/{id}', (call) => accepted(shown(destroy(cloud, call)))),
  ];
};
