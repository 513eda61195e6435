import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, numberOf, requiredText, textsOf, type JsonObject } from '../http/fields.ts';
import { blockOf, cidrOf, type Block } from './addresses.ts';
import type { SubnetPool } from './extension-resources.ts';
import { invalidInput, missing, neutron, notByPolicy } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import { adminOnly, applyNames, bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';
import { isShared, setShared } from './sharing.ts';

const bounds = ['min_prefixlen', 'max_prefixlen', 'default_prefixlen'];
const updatable = ['name', 'description', 'prefixes', 'default_quota', 'is_default', 'address_scope_id', ...bounds];
const readOnly = ['id', 'ip_version', 'revision_number', 'created_at', 'updated_at', 'tags'];

const mayRead = (cloud: Cloud, call: Call, pool: SubnetPool): boolean =>
  owns(call, pool) || isShared(cloud, call, pool.id);

export function subnetPoolOf(cloud: Cloud, call: Call, id: string | undefined): SubnetPool {
  const pool = cloud.network.subnetPools.get(id);
  if (pool === undefined || !mayRead(cloud, call, pool)) throw missing('SubnetPool', id);
  return pool;
}

/** Its lengths are texts. */
const view = (cloud: Cloud, call: Call, pool: SubnetPool): Record<string, unknown> => ({
  id: pool.id,
  name: pool.name,
  tenant_id: pool.projectId,
  prefixes: pool.prefixes,
  min_prefixlen: String(pool.minPrefix),
  max_prefixlen: String(pool.maxPrefix),
  default_prefixlen: String(pool.defaultPrefix),
  default_quota: pool.defaultQuota,
  address_scope_id: null,
  ip_version: pool.ipVersion,
  shared: isShared(cloud, call, pool.id),
  is_default: pool.isDefault,
  description: pool.description,
  ...standardView(pool),
});

function blocksOf(body: JsonObject): Block[] {
  const blocks = (textsOf(body, 'prefixes') ?? []).map((text) => {
    const block = blockOf(text);
    if (block === undefined) throw invalidInput(`'${text}' is not a valid IP subnet.`);
    return block;
  });
  if (blocks.length === 0) throw neutron(400, 'EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  if (new Set(blocks.map(({ version }) => version)).size > 1)
    throw neutron(400, 'PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');
  return blocks;
}

const illegalBounds = (one: string, value: number, other: string, base: number): Error =>
  neutron(400, 'IllegalSubnetPoolPrefixBounds', `Illegal prefix bounds: ${one}=${value}, ${other}=${base}.`);

function boundsOf(
  body: JsonObject,
  version: 4 | 6,
  before?: SubnetPool,
): Pick<SubnetPool, 'minPrefix' | 'maxPrefix' | 'defaultPrefix'> {
  const longest = version === 4 ? 32 : 128;
  const minPrefix = numberOf(body, 'min_prefixlen') ?? before?.minPrefix ?? (version === 4 ? 8 : 64);
  const maxPrefix = numberOf(body, 'max_prefixlen') ?? before?.maxPrefix ?? longest;
  const defaultPrefix = numberOf(body, 'default_prefixlen') ?? before?.defaultPrefix ?? minPrefix;
  if (minPrefix > maxPrefix) throw illegalBounds('min_prefixlen', minPrefix, 'max_prefixlen', maxPrefix);
  if (maxPrefix > longest) throw illegalBounds('max_prefixlen', maxPrefix, 'ip_version_max', longest);
  if (defaultPrefix < minPrefix) throw illegalBounds('default_prefixlen', defaultPrefix, 'min_prefixlen', minPrefix);
  if (defaultPrefix > maxPrefix) throw illegalBounds('default_prefixlen', defaultPrefix, 'max_prefixlen', maxPrefix);
  return { minPrefix, maxPrefix, defaultPrefix };
}

function checkDefault(cloud: Cloud, version: 4 | 6, except?: string): void {
  const other = (one: SubnetPool): boolean => one.isDefault && one.ipVersion === version && one.id !== except;
  if (cloud.network.subnetPools.some(other))
    throw invalidInput(
      'A default subnetpool for this IP family has already been set. Only one default may exist per IP family',
    );
}

function create(cloud: Cloud, call: Call): SubnetPool {
  const body = bodyOf(call, 'subnetpool', [...updatable, 'shared', 'project_id', 'tenant_id'], readOnly);
  for (const key of ['shared', 'is_default'])
    if (flagOf(body, key) === true) adminOnly(call, 'create', 'subnetpool', body, [key]);
  const projectId = projectFor(call, body, 'create_subnetpool');
  requiredText(body, 'name');
  const blocks = blocksOf(body);
  const ipVersion = blocks[0]?.version ?? 4;
  const isDefault = flagOf(body, 'is_default') ?? false;
  if (isDefault) checkDefault(cloud, ipVersion);
  checkNetworkQuota(cloud, projectId, 'subnetpool');
  const pool = cloud.network.subnetPools.add({
    ...newResource(projectId, body),
    prefixes: blocks.map(cidrOf),
    ...boundsOf(body, ipVersion),
    defaultQuota: numberOf(body, 'default_quota') ?? null,
    isDefault,
    ipVersion,
  });
  setShared(cloud, 'subnetpool', pool, flagOf(body, 'shared'));
  return pool;
}

function own(cloud: Cloud, call: Call, rule: string): SubnetPool {
  const pool = subnetPoolOf(cloud, call, call.params['id']);
  if (!owns(call, pool)) throw notByPolicy(rule);
  return pool;
}

function update(cloud: Cloud, call: Call): SubnetPool {
  const pool = own(cloud, call, 'update_subnetpool');
  const body = bodyOf(call, 'subnetpool', updatable, [...readOnly, 'shared', 'project_id', 'tenant_id']);
  adminOnly(call, 'update', 'subnetpool', body, ['is_default']);
  if (flagOf(body, 'is_default') === true) checkDefault(cloud, pool.ipVersion, pool.id);
  applyNames(pool, body);
  Object.assign(pool, boundsOf(body, pool.ipVersion, pool));
  if ('prefixes' in body) pool.prefixes = blocksOf(body).map(cidrOf);
  if ('default_quota' in body) pool.defaultQuota = numberOf(body, 'default_quota') ?? null;
  pool.isDefault = flagOf(body, 'is_default') ?? pool.isDefault;
  touch(pool);
  return pool;
}

function destroy(cloud: Cloud, pool: SubnetPool): void {
  if (cloud.network.subnets.some((one) => one.subnetPoolId === pool.id))
    throw neutron(400, 'SubnetPoolDeleteError', 'Unable to delete subnet pool: Subnet pool has existing allocations.');
  for (const one of cloud.network.rbacPolicies.filter(({ objectId }) => objectId === pool.id))
    cloud.network.rbacPolicies.delete(one.id);
  cloud.network.subnetPools.delete(pool.id);
}

export const subnetPoolRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/subnetpools', (call) =>
    ok(
      networkList(
        call,
        'subnetpools',
        cloud.network.subnetPools.filter((one) => mayRead(cloud, call, one)),
        (one) => view(cloud, call, one),
      ),
    ),
  ),
  post('/v2.0/subnetpools', (call) => created({ subnetpool: view(cloud, call, create(cloud, call)) })),
  get('/v2.0/subnetpools/{id}', (call) =>
    ok({ subnetpool: chosenFields(view(cloud, call, subnetPoolOf(cloud, call, call.params['id'])), call) }),
  ),
  put('/v2.0/subnetpools/{id}', (call) => ok({ subnetpool: view(cloud, call, update(cloud, call)) })),
  remove('/v2.0/subnetpools/{id}', (call) => {
    destroy(cloud, own(cloud, call, 'delete_subnetpool'));
    return noContent();
  }),
];
