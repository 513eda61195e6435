import type { Cloud, ServiceClient } from '@lifeboat/openstack-client';

/** Aliases of the extensions that a cloud's Neutron has. */
export async function extensionsOf(cloud: Cloud): Promise<ReadonlySet<string>> {
  const aliases = new Set<string>();
  for await (const { alias } of cloud.network.list<{ readonly alias: string }>('/extensions', 'extensions'))
    aliases.add(alias);
  return aliases;
}

interface Listed {
  readonly extension: string;
  readonly path: string;
  readonly key: string;
}

const LISTS: readonly Listed[] = [
  { extension: 'trunk', path: '/trunks', key: 'trunks' },
  { extension: 'rbac-policies', path: '/rbac-policies', key: 'rbac_policies' },
  { extension: 'subnet_allocation', path: '/subnetpools', key: 'subnetpools' },
  { extension: 'qos', path: '/qos/policies', key: 'policies' },
  { extension: 'address-group', path: '/address-groups', key: 'address_groups' },
];

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

/** What a project has that needs extensions of Neutron, with the path of each. */
export async function ofExtensions(cloud: Cloud): Promise<readonly { readonly path: string; readonly item: Item }[]> {
  const has = await extensionsOf(cloud);
  const { projectId } = await cloud.whoAmI();
  const mine = (path: string, key: string): Promise<readonly Item[]> => all(cloud.network, path, key, projectId);
  const found = LISTS.filter(({ extension }) => has.has(extension)).map(async ({ path, key }) =>
    (await mine(path, key)).map((item) => ({ path: `${path}/${item.id}`, item })),
  );
  return [...(await forwardings(cloud, has, projectId)), ...(await Promise.all(found)).flat()];
}

async function forwardings(
  cloud: Cloud,
  has: ReadonlySet<string>,
  projectId: string,
): Promise<readonly { readonly path: string; readonly item: Item }[]> {
  if (!has.has('floating-ip-port-forwarding')) return [];
  const lists = (await all(cloud.network, '/floatingips', 'floatingips', projectId)).map(async ({ id }) => {
    const path = `/floatingips/${id}/port_forwardings`;
    return (await all(cloud.network, path, 'port_forwardings')).map((item) => ({ path: `${path}/${item.id}`, item }));
  });
  return (await Promise.all(lists)).flat();
}

async function all(service: ServiceClient, path: string, key: string, projectId?: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of service.list<Item>(path, key, projectId ? { query: { project_id: projectId } } : {}))
    items.push(item);
  return items;
}

/** Before the ports and floating IPs of a project are removed: what holds them. */
export async function purgeHolders(cloud: Cloud): Promise<void> {
  for (const { path } of await ofExtensions(cloud)) {
    // One that is switched off does not go.
    if (path.startsWith('/trunks/')) await cloud.network.put(path, { trunk: { admin_state_up: true } });
    if (/port_forwardings|trunks/.test(path)) await cloud.network.delete(path);
  }
}

/** After its networks and security groups: what they used. */
export async function purgeUsed(cloud: Cloud): Promise<void> {
  for (const { path } of await ofExtensions(cloud)) await cloud.network.delete(path);
}
