import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { badRequest } from '../http/refusal.ts';
import { listed, nextUrl, pageOf, sortBy } from '../http/paging.ts';
import { needAdmin } from './compute-policy.ts';
import type { Server } from './compute-state.ts';
import { addressesOf, serverSummary, serverView } from './server-view.ts';

const isTrue = (text: string | null): boolean =>
  text !== null && ['1', 'true', 'yes', 'on', 't', 'y', ''].includes(text.toLowerCase());

/** Names and addresses are regular expressions in Nova's filters. */
const like = (text: string, pattern: string): boolean => {
  try {
    return new RegExp(pattern, 'i').test(text);
  } catch {
    throw badRequest(`Invalid filter ${pattern}`);
  }
};

function byTags(server: Server, call: Call): boolean {
  const list = (key: string): string[] => call.query.get(key)?.split(',') ?? [];
  const has = (tag: string): boolean => server.tags.includes(tag);
  return (
    list('tags').every(has) &&
    (!call.query.has('tags-any') || list('tags-any').some(has)) &&
    (!call.query.has('not-tags') || !list('not-tags').every(has)) &&
    !list('not-tags-any').some(has)
  );
}

function matches(cloud: Cloud, call: Call, server: Server): boolean {
  const { query } = call;
  const equal = (key: string, value: string | null): boolean =>
    !query.has(key) || query.getAll(key).some((wanted) => wanted.toLowerCase() === value?.toLowerCase());
  const addresses = Object.values(addressesOf(cloud, server))
    .flat()
    .map((one) => one.addr);
  return (
    equal('status', server.status) &&
    equal('image', server.imageId) &&
    equal('flavor', server.flavor.id) &&
    equal('uuid', server.id) &&
    equal('user_id', server.userId) &&
    equal('key_name', server.keyName) &&
    equal('vm_state', server.vmState) &&
    equal('reservation_id', server.reservationId) &&
    (!query.has('name') || like(server.name, query.get('name') ?? '')) &&
    (!query.has('ip') || addresses.some((address) => like(address, query.get('ip') ?? ''))) &&
    (!query.has('changes-since') || server.updated >= Date.parse(query.get('changes-since') ?? '')) &&
    (call.minor < 26 || byTags(server, call))
  );
}

function inScope(call: Call): (server: Server) => boolean {
  const all = isTrue(call.query.get('all_tenants'));
  if (all) needAdmin(call, 'servers:index:get_all_tenants');
  const projectId = call.query.get('project_id') ?? call.query.get('tenant_id');
  if (all) return (server) => projectId === null || server.projectId === projectId;
  return (server) => server.projectId === call.who.projectId;
}

export function listServers(cloud: Cloud, call: Call, detail: boolean): unknown {
  const found = listed(cloud.compute.servers, call)
    .filter(inScope(call))
    .filter((server) => matches(cloud, call, server));
  const keys = call.query
    .getAll('sort_key')
    .map((key, index) => ({ key, down: (call.query.getAll('sort_dir')[index] ?? 'desc') === 'desc' }));
  const sorted = sortBy(found, keys.length > 0 ? keys : [{ key: 'created_at', down: true }], (server, key) =>
    key === 'created_at'
      ? server.born
      : key === 'updated_at'
        ? server.updated
        : key === 'display_name' || key === 'name'
          ? server.name
          : server.id,
  );
  const page = pageOf(sorted, call);
  const url = `${call.origin}/compute${call.path}`;
  return {
    servers: page.items.map((server) => (detail ? serverView(cloud, call, server) : serverSummary(call, server))),
    ...(page.next !== undefined && { servers_links: [{ rel: 'next', href: nextUrl(call, url, page.next) }] }),
  };
}
