import type { Cloud } from '@lifeboat/openstack-client';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Entity, EntityBench, Ref, Topology } from '@lifeboat/openstack-entity-api';
import { ofExtensions } from '../clouds/extensions.ts';
import { ofFurtherServices } from '../clouds/further-services.ts';
import { purgeProject } from '../clouds/purge.ts';
import { findByName, ownGroup } from '../shop/networks.ts';
import { createShop } from '../shop/shop.ts';
import { until } from '../until.ts';
import { copyGuest, ODD_IMAGE } from './odd-image.ts';
import { NEIGHBOURS } from './odd-extensions.ts';
import { balancerInventory } from './odd-balancer.ts';
import { createOddServices } from './odd-services.ts';
import { createOddWorkload } from './odd-workload.ts';

export interface WorkloadBench extends EntityBench {
  /** Empties both projects. */
  stop(): Promise<void>;
}

/** The shop and its odd neighbours in `source`, both clouds being an empty project of our own; copies at the target are made empty. */
export async function entityBench(source: Cloud, target: Cloud): Promise<WorkloadBench> {
  const shop = await createShop(source);
  const odd = await createOddWorkload(source, shop);
  const { projectId, isAdmin } = await source.whoAmI();
  if (isAdmin) await oddRole(source, projectId);
  const roots: readonly Ref[] = [
    { kind: 'project', id: projectId },
    ...[...Object.values(shop.servers), ...odd.serverIds].map((id) => ({ kind: 'server', id })),
    { kind: 'network', id: odd.networkId },
    { kind: 'volume', id: odd.volumeId },
    ...odd.roots,
    ...(await createOddServices(source, shop)),
    ...(await shutGroup(source)),
  ];
  return {
    source,
    target,
    roots,
    mappings: { project: NEIGHBOURS },
    provide: (captured) => provide(target, captured),
    rest: (serverIds) => rest(target, serverIds),
    inventory: () => inventory(target),
    stop: async () => {
      await odd.loosen();
      await purgeProject(source);
      await purgeProject(target);
    },
  };
}

/** To a user that both clouds have: those who made the two projects know of one only. */
async function oddRole(cloud: Cloud, projectId: string): Promise<void> {
  const idOf = (what: string, name: string): Promise<string> => findByName(cloud, `/${what}`, what, name, 'identity');
  const [user, role] = await Promise.all([idOf('users', 'admin'), idOf('roles', 'reader')]);
  await cloud.identity.put(`/projects/${projectId}/users/${user}/roles/${role}`, undefined);
}

async function rest(cloud: Cloud, serverIds: readonly string[]): Promise<void> {
  for (const id of serverIds) {
    const status = async (): Promise<string> =>
      (await cloud.compute.get<{ server: { status: string } }>(`/servers/${id}`)).server.status;
    if ((await status()) === 'ACTIVE') await cloud.compute.post(`/servers/${id}/action`, { 'os-stop': null });
    await until(`server ${id} to stop`, async () => ((await status()) === 'SHUTOFF' ? true : undefined));
  }
}

async function shutGroup(cloud: Cloud): Promise<readonly Ref[]> {
  return [{ kind: 'security-group', id: await ownGroup(cloud, 'odd-shut') }];
}

async function provide(target: Cloud, captured: Topology): Promise<ReadonlyMap<string, string>> {
  const image = await findByName(target, '/images', 'images', 'guest', 'image');
  const copies = await Promise.all(
    captured.of('volume').map(async (volume) => [refKey(volume), await emptyCopy(target, volume, image)] as const),
  );
  const images = captured.of('image').map(async (one) => {
    const marked = { lifeboat_purpose: 'image-replica', tags: ['odd'], hw_rng_model: 'virtio' };
    return [refKey(one), one.name === ODD_IMAGE ? await copyGuest(target, target, marked) : image] as const;
  });
  return new Map([...(await Promise.all(images)), ...copies]);
}

async function emptyCopy(target: Cloud, kept: Entity, image: string): Promise<string> {
  const boots = kept.name.endsWith('root');
  const body = {
    name: `copy of ${kept.name}`,
    size: kept.spec['size'],
    volume_type: kept.spec['volume_type'],
    ...(boots && { imageRef: image }),
  };
  const { volume } = await target.volume.post<{ volume: { id: string } }>('/volumes', { volume: body });
  return until(
    `the copy of ${kept.name}`,
    async () => {
      const { status } = (await target.volume.get<{ volume: { status: string } }>(`/volumes/${volume.id}`)).volume;
      if (status === 'error') throw new Error(`The copy of ${kept.name} went to error.`);
      return status === 'available' ? volume.id : undefined;
    },
    { timeoutMs: 180_000 },
  );
}

async function rolesGiven(cloud: Cloud, projectId: string): Promise<string[]> {
  const query = { 'scope.project.id': projectId };
  const given: string[] = [];
  for await (const { links } of cloud.identity.list<{ links: { assignment: string } }>(
    '/role_assignments',
    'role_assignments',
    { query },
  ))
    given.push(`role_assignments ${links.assignment}`);
  return given;
}

/** With their looks: what a run gives a replica it takes back. */
async function imagesOf(cloud: Cloud, projectId: string): Promise<string[]> {
  const images: string[] = [];
  for await (const image of cloud.image.list<Record<string, unknown>>('/images', 'images'))
    if (image['owner'] === projectId)
      images.push(`images ${JSON.stringify(['id', 'visibility', 'protected'].map((key) => image[key]))}`);
  return images;
}

/** Ports of the DHCP agent come when it pleases, and go with their subnet. Copies of volumes are another's. */
async function inventory(cloud: Cloud): Promise<readonly string[]> {
  const { projectId, isAdmin } = await cloud.whoAmI();
  const found = [
    ...(await imagesOf(cloud, projectId)),
    ...(isAdmin ? await rolesGiven(cloud, projectId) : []),
    ...(await ofExtensions(cloud)).map(({ path }) => path),
    ...(await balancerInventory(cloud)),
    ...(await ofFurtherServices(cloud)).map(({ service, path }) => `${service} ${path}`),
  ];
  const collect = async (
    service: 'compute' | 'network' | 'volume',
    path: string,
    key: string,
    query: Record<string, string> = {},
  ): Promise<void> => {
    for await (const one of cloud[service].list<Record<string, unknown>>(path, key, { query }))
      if (one['device_owner'] !== 'network:dhcp')
        found.push(`${key} ${String(one['id'] ?? (one['keypair'] as { name: string }).name)}`);
  };
  await Promise.all([
    ...[
      ['/servers', 'servers'],
      ['/os-server-groups', 'server_groups'],
      ['/os-keypairs', 'keypairs'],
    ].map(([path = '', key = '']) => collect('compute', path, key)),
    collect('volume', '/groups', 'groups'),
    ...['networks', 'subnets', 'routers', 'ports', 'floatingips', 'security_groups', 'security_group_rules'].map(
      (key) => collect('network', `/${key.replaceAll('_', '-')}`, key, { project_id: projectId }),
    ),
  ]);
  return found.sort();
}
