import type { Call } from '../http/call.ts';
import { listed, nextUrl, pageOf, sortBy } from '../http/paging.ts';
import { badResource, httpBadRequest, missing } from './network-error.ts';
import type { Resource } from './network-state.ts';

const control = [
  'limit',
  'marker',
  'page_reverse',
  'sort_key',
  'sort_dir',
  'fields',
  'tags',
  'tags-any',
  'not-tags',
  'not-tags-any',
];

function byTags(tags: readonly string[], call: Call): boolean {
  const asked = (key: string): string[] => call.query.get(key)?.split(',') ?? [];
  const has = (tag: string): boolean => tags.includes(tag);
  return (
    asked('tags').every(has) &&
    (!call.query.has('tags-any') || asked('tags-any').some(has)) &&
    (!call.query.has('not-tags') || !asked('not-tags').every(has)) &&
    !asked('not-tags-any').some(has)
  );
}

function byFixedIps(view: Record<string, unknown>, wanted: readonly string[]): boolean {
  const ips = Array.isArray(view['fixed_ips']) ? view['fixed_ips'] : [];
  const tests = wanted.map((text) => text.split('='));
  return ips.some((ip: Record<string, unknown>) =>
    tests.every(([key = '', value = '']) =>
      key === 'ip_address_substr' ? String(ip['ip_address']).includes(value) : String(ip[key]) === value,
    ),
  );
}

const same = (value: unknown, wanted: string): boolean => {
  if (typeof value === 'boolean')
    return String(value) === wanted.toLowerCase() || (value ? wanted === '1' : wanted === '0');
  if (Array.isArray(value)) return value.includes(wanted);
  return value === null ? wanted === '' || wanted === 'None' : String(value) === wanted;
};

function matches(view: Record<string, unknown>, call: Call): boolean {
  const keys = new Set([...call.query.keys()].filter((key) => !control.includes(key)));
  return [...keys].every((key) => {
    const wanted = call.query.getAll(key);
    if (key === 'fixed_ips') return byFixedIps(view, wanted);
    if (key === 'security_groups') return wanted.some((one) => same(view['security_groups'], one));
    return key in view && wanted.some((one) => same(view[key], one));
  });
}

/** With the filter-validation extension Neutron refuses filters it does not know. */
function checkFilters(call: Call, view: Record<string, unknown> | undefined): void {
  const unknown = [...call.query.keys()].find((key) => !control.includes(key) && view !== undefined && !(key in view));
  if (unknown !== undefined) throw httpBadRequest(`['${unknown}'] is invalid attribute for filtering`);
}

const onlyFields = (view: Record<string, unknown>, call: Call): Record<string, unknown> => {
  const fields = call.query.getAll('fields');
  return fields.length === 0 ? view : Object.fromEntries(Object.entries(view).filter(([key]) => fields.includes(key)));
};

export const chosenFields = onlyFields;

const kindOf: Readonly<Record<string, Parameters<typeof missing>[0]>> = {
  networks: 'Network',
  subnets: 'Subnet',
  ports: 'Port',
  routers: 'Router',
  floatingips: 'FloatingIP',
  security_groups: 'SecurityGroup',
  security_group_rules: 'SecurityGroupRule',
  address_groups: 'AddressGroup',
  policies: 'QosPolicy',
  rbac_policies: 'RbacPolicy',
  subnetpools: 'SubnetPool',
  trunks: 'Trunk',
  port_forwardings: 'PortForwarding',
};

/** Every limited page has a `previous` link, the first one too; `next` only a full one. */
function linksOf(call: Call, items: readonly Resource[], next: string | undefined): unknown[] {
  const url = `${call.origin}/network${call.path}`;
  const first = items[0]?.id ?? call.query.get('marker') ?? '';
  return [
    ...(next !== undefined ? [{ rel: 'next', href: nextUrl(call, url, next) }] : []),
    { rel: 'previous', href: `${nextUrl(call, url, first)}&page_reverse=True` },
  ];
}

/** Neutron's lists: equality filters, tags, chosen fields, sorting, `<plural>_links` when paged. */
export function networkList<T extends Resource>(
  call: Call,
  plural: string,
  items: Iterable<T>,
  view: (item: T) => Record<string, unknown>,
): unknown {
  const all = listed(items, call);
  const views = new Map(all.map((item) => [item.id, view(item)]));
  checkFilters(call, views.values().next().value);
  const found = all.filter((item) => byTags(item.tags, call) && matches(views.get(item.id) ?? {}, call));
  const keys = call.query.getAll('sort_key');
  const directions = call.query.getAll('sort_dir');
  const sorted = sortBy(
    found,
    keys.map((key, index) => ({ key, down: directions[index] === 'desc' })),
    (item, key) => {
      const value = views.get(item.id)?.[key];
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
    },
  );
  const page = pageOf(sorted, call, {
    max: 10_000,
    badLimit: (text) => badResource('limit', `Limit must be an integer 0 or greater and not '${text}'`),
    unknownMarker: (marker) => missing(kindOf[plural] ?? 'Network', marker),
  });
  return {
    [plural]: page.items.map((item) => onlyFields(views.get(item.id) ?? {}, call)),
    ...(call.query.has('limit') && { [`${plural}_links`]: linksOf(call, page.items, page.next) }),
  };
}
