import type { Cloud } from '../cloud.ts';
import { get, ok, patch, post, remove, accepted, type Call, type Route } from '../http/call.ts';
import { numberOf, requiredText, textMapOf, textOf, textsOf, type JsonObject } from '../http/fields.ts';
import { microsTime, uuid } from '../state/identifiers.ts';
import { designate, invalidObject } from './dns-error.ts';
import { dnsList, matches } from './dns-list.ts';
import type { Zone } from './dns-state.ts';

const USUAL_TTL = 3600;
const DESCRIPTION = 160;
const FIELDS = ['name', 'email', 'ttl', 'description', 'type', 'masters', 'attributes', 'pool_id'];

export const served = (cloud: Cloud, one: Zone): Record<string, unknown> => ({
  id: one.id,
  pool_id: '794ccc2c-d751-44fe-b57f-8894c9f5c842',
  project_id: one.projectId,
  name: one.name,
  email: one.email,
  ttl: one.ttl,
  serial: one.serial,
  status: one.status,
  action: one.action,
  description: one.description,
  masters: one.masters,
  type: one.type,
  transferred_at: null,
  version: 1,
  created_at: microsTime(one.born),
  updated_at: one.updated === null ? null : microsTime(one.updated),
  attributes: one.attributes,
  shared: false,
  links: { self: `${cloud.origin}/v2/zones/${one.id}` },
});

export const allProjects = ({ headers, who }: Call): boolean =>
  who.isAdmin && String(headers['x-auth-all-projects'] ?? '').toLowerCase() === 'true';

/** The project's own; others' are not there, not even for administrators who do not ask for all projects. */
export function zoneOf(cloud: Cloud, call: Call, id = call.params['zone']): Zone {
  const found = cloud.dns.zones.get(id);
  if (found === undefined || (found.projectId !== call.who.projectId && !allProjects(call)))
    throw designate(404, 'zone_not_found', 'Could not find Zone');
  return found;
}

export function descriptionOf(body: JsonObject): string | null {
  const text = textOf(body, 'description') ?? null;
  if (text !== null && text.length > DESCRIPTION) throw invalidObject(`'${text}' is too long`);
  return text;
}

export function onlyKnown(body: JsonObject, fields: readonly string[]): void {
  const unknown = Object.keys(body).filter((key) => !fields.includes(key));
  if (unknown.length > 0) throw invalidObject(`Additional properties are not allowed (${unknown.join(', ')})`);
}

/** Names belong to all who share the nameservers: one project's zone may lie in another's neither way. */
function checkName(cloud: Cloud, name: string, projectId: string): void {
  if (!/^([^.]+\.)+$/.test(name)) throw invalidObject(`'${name}' is not a valid zone name`);
  if (cloud.dns.zones.some((one) => one.name === name)) throw designate(409, 'duplicate_zone', 'Duplicate Zone');
  const others = cloud.dns.zones.filter((one) => one.projectId !== projectId);
  if (others.some((one) => name.endsWith(`.${one.name}`)))
    throw designate(403, 'illegal_child', 'Unable to create subzone in another tenants zone');
  if (others.some((one) => one.name.endsWith(`.${name}`)))
    throw designate(403, 'illegal_parent', 'Unable to create zone because another tenant owns a subzone of the zone');
}

function checkType(type: string, body: JsonObject): void {
  const masters = textsOf(body, 'masters') ?? [];
  if (type === 'SECONDARY' && masters.length === 0) throw invalidObject("'masters' is a required property");
  if (type !== 'SECONDARY' && masters.length > 0) throw invalidObject("'masters' has more items than allowed");
  const extra = ['email', 'ttl'].find((key) => type === 'SECONDARY' && body[key] !== undefined);
  if (extra !== undefined) throw invalidObject(`'${extra}' can't be specified when type is SECONDARY`);
}

/** What it serves changes later, all at once. */
export function spread(cloud: Cloud, zone: Zone, action: Zone['action']): void {
  Object.assign(zone, { status: 'PENDING', action });
  zone.serial += 1;
  // There is no master that a secondary zone could be had from.
  if (zone.type === 'SECONDARY') return;
  cloud.jobs.later(() => {
    if (zone.action === 'DELETE') return;
    Object.assign(zone, { status: 'ACTIVE', action: 'NONE' });
    for (const one of cloud.dns.recordSets.filter(({ zoneId }) => zoneId === zone.id))
      if (one.action === 'DELETE') cloud.dns.recordSets.delete(one.id);
      else Object.assign(one, { status: 'ACTIVE', action: 'NONE' });
  });
}

function ownRecords(cloud: Cloud, zone: Zone): void {
  const add = (type: string, record: string): void => {
    const { name, projectId, born } = zone;
    const plain = { description: null, updated: null, status: 'PENDING', action: 'CREATE', ttl: null } as const;
    cloud.dns.recordSets.add({
      ...plain,
      id: uuid(),
      born,
      name,
      projectId,
      zoneId: zone.id,
      type,
      managed: true,
      records: [record],
    });
  };
  add('SOA', `ns1.${cloud.settings.name}.example. ${zone.email.replace('@', '.')}. ${zone.serial} 3600 600 86400 3600`);
  add('NS', `ns1.${cloud.settings.name}.example.`);
}

function create(cloud: Cloud, call: Call): Zone {
  const { body, who } = call;
  onlyKnown(body, FIELDS);
  const [name, type] = [requiredText(body, 'name'), textOf(body, 'type') ?? 'PRIMARY'];
  if (type !== 'PRIMARY' && type !== 'SECONDARY') throw invalidObject(`'${type}' is not one of PRIMARY, SECONDARY`);
  checkType(type, body);
  checkName(cloud, name, who.projectId);
  const now = Date.now();
  const zone = cloud.dns.zones.add({
    id: uuid(),
    born: now,
    updated: null,
    name,
    projectId: who.projectId,
    type,
    description: descriptionOf(body),
    attributes: textMapOf(body, 'attributes'),
    email: type === 'PRIMARY' ? requiredText(body, 'email') : 'hostmaster@example.com',
    ttl: numberOf(body, 'ttl') ?? USUAL_TTL,
    masters: textsOf(body, 'masters') ?? [],
    serial: Math.floor(now / 1000),
    status: 'PENDING',
    action: 'CREATE',
  });
  if (type === 'PRIMARY') ownRecords(cloud, zone);
  spread(cloud, zone, 'CREATE');
  return zone;
}

function update(cloud: Cloud, call: Call): Zone {
  const zone = zoneOf(cloud, call);
  if (zone.action === 'DELETE') throw designate(400, 'bad_request', 'Can not update a deleting zone');
  onlyKnown(call.body, ['email', 'ttl', 'description', 'masters']);
  zone.email = textOf(call.body, 'email') ?? zone.email;
  zone.ttl = numberOf(call.body, 'ttl') ?? zone.ttl;
  zone.masters = textsOf(call.body, 'masters') ?? zone.masters;
  if ('description' in call.body) zone.description = descriptionOf(call.body);
  zone.updated = Date.now();
  spread(cloud, zone, 'UPDATE');
  return zone;
}

function destroy(cloud: Cloud, zone: Zone): Zone {
  spread(cloud, zone, 'DELETE');
  cloud.jobs.later(() => {
    cloud.dns.zones.delete(zone.id);
    for (const { id } of cloud.dns.recordSets.filter(({ zoneId }) => zoneId === zone.id))
      cloud.dns.recordSets.delete(id);
  });
  return zone;
}

export const zoneRoutes = (cloud: Cloud): Route[] => {
  const shown = (one: Zone): Record<string, unknown> => served(cloud, one);
  return [
    get('/v2/zones', (call) => {
      const mine = cloud.dns.zones.filter((one) => one.projectId === call.who.projectId || allProjects(call));
      const found = mine.filter((one) => matches(call, shown(one), 'name', 'type', 'status'));
      return ok(dnsList(call, 'zones', found, shown));
    }),
    post('/v2/zones', (call) => accepted(shown(create(cloud, call)))),
    get('/v2/zones/{zone}', (call) => ok(shown(zoneOf(cloud, call)))),
    patch('/v2/zones/{zone}', (call) => accepted(shown(update(cloud, call)))),
    remove('/v2/zones/{zone}', (call) => accepted(shown(destroy(cloud, zoneOf(cloud, call))))),
  ];
};
