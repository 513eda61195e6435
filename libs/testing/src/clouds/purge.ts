import { LifeboatError } from '@lifeboat/kernel';
import type { Cloud, ServiceClient } from '@lifeboat/openstack-client';
import { until } from '../until.ts';
import { purgeFurtherServices } from './further-services.ts';
import { purgeHolders, purgeUsed } from './extensions.ts';
import { purgeBalancers } from './load-balancers.ts';

type Item = { readonly id: string };

/** Removes everything a project holds. For tests and the demo, on projects they made themselves; never for a user's. */
export async function purgeProject(cloud: Cloud): Promise<void> {
  const { projectId } = await cloud.whoAmI();
  const mine = { query: { project_id: projectId } };
  const network = (path: string, key: string) => all(cloud.network, `/${path}`, key, mine);

  for (const { id } of await all(cloud.compute, '/servers', 'servers')) await cloud.compute.delete(`/servers/${id}`);
  await until(
    'servers to be gone',
    async () => ((await all(cloud.compute, '/servers', 'servers')).length === 0 ? true : undefined),
    { timeoutMs: 600_000 },
  );
  for (const { id } of await all(cloud.compute, '/os-server-groups', 'server_groups'))
    await cloud.compute.delete(`/os-server-groups/${id}`);
  for await (const { keypair } of cloud.compute.list<{ keypair: { name: string } }>('/os-keypairs', 'keypairs'))
    await cloud.compute.delete(`/os-keypairs/${keypair.name}`);
  await purgeHolders(cloud);
  await purgeBalancers(cloud);
  for (const { id } of await network('floatingips', 'floatingips')) await cloud.network.delete(`/floatingips/${id}`);
  for (const { id } of await network('routers', 'routers')) {
    for (const port of await all(cloud.network, '/ports', 'ports', {
      query: { device_id: id, device_owner: 'network:router_interface' },
    }))
      await cloud.network.put(`/routers/${id}/remove_router_interface`, { port_id: port.id });
    await cloud.network.delete(`/routers/${id}`);
  }
  for await (const port of cloud.network.list<{ id: string; device_owner: string }>('/ports', 'ports', mine))
    if (!port.device_owner.startsWith('network:')) await cloud.network.delete(`/ports/${port.id}`);
  for (const { id } of await network('networks', 'networks')) await cloud.network.delete(`/networks/${id}`);
  for await (const group of cloud.network.list<{ id: string; name: string }>(
    '/security-groups',
    'security_groups',
    mine,
  ))
    if (group.name !== 'default') await cloud.network.delete(`/security-groups/${group.id}`);
  await purgeUsed(cloud);
  await purgeFurtherServices(cloud);
  for (const [path, key] of [
    ['backups', 'backups'],
    ['snapshots', 'snapshots'],
  ] as const)
    await purgeVolumes(cloud, path, key);
  await purgeGroups(cloud);
  await purgeVolumes(cloud, 'volumes', 'volumes');
  for await (const image of cloud.image.list<{ id: string; owner: string }>('/images', 'images'))
    if (image.owner === projectId) await tolerant(cloud.image, `/images/${image.id}`);
}

/** Their volumes are let go first: a group takes those in it along, or refuses. */
async function purgeGroups(cloud: Cloud): Promise<void> {
  await until(
    'volume groups to be gone',
    async () => {
      const left = await all(cloud.volume, '/groups', 'groups');
      for (const { id } of left)
        await cloud.volume
          .post(`/groups/${id}/action`, { delete: { 'delete-volumes': true } })
          .catch((thrown: unknown) => {
            if (!(thrown instanceof LifeboatError) || thrown.retryable) throw thrown;
          });
      return left.length === 0 ? true : undefined;
    },
    { timeoutMs: 180_000, everyMs: 500 },
  );
}

/** Backups go newest first: an incremental one keeps its parents. */
async function purgeVolumes(cloud: Cloud, path: string, key: string): Promise<void> {
  await until(
    `${path} to be gone`,
    async () => {
      const left = await all(cloud.volume, `/${path}/detail`, key);
      for (const { id } of left) await tolerant(cloud.volume, `/${path}/${id}`);
      return left.length === 0 ? true : undefined;
    },
    { timeoutMs: 180_000, everyMs: 500 },
  );
}

/** What is busy or needed by another is asked again. */
async function tolerant(service: ServiceClient, path: string): Promise<void> {
  await service.delete(path).catch((thrown: unknown) => {
    if (!(thrown instanceof LifeboatError) || (thrown.kind !== 'conflict' && thrown.kind !== 'invalid-input'))
      throw thrown;
  });
}

async function all(service: ServiceClient, path: string, key: string, options = {}): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of service.list<Item>(path, key, options)) items.push(item);
  return items;
}
