import type { Cloud } from '@lifeboat/openstack-client';
import { refKey } from '@lifeboat/openstack-entity-api';
import type { Entity, EntityBench, Ref, Topology } from '@lifeboat/openstack-entity-api';
import { purgeProject } from '../clouds/purge.ts';
import { findByName } from '../shop/networks.ts';
import { createShop } from '../shop/shop.ts';
import { until } from '../until.ts';
import { createOddWorkload } from './odd-workload.ts';

export interface WorkloadBench extends EntityBench {
  /** Empties both projects. */
  stop(): Promise<void>;
}

/** The shop and its odd neighbours in `source`, both clouds being an empty project of our own; copies at the target are made empty. */
export async function entityBench(source: Cloud, target: Cloud): Promise<WorkloadBench> {
  const shop = await createShop(source);
  const odd = await createOddWorkload(source, shop);
  const { projectId } = await source.whoAmI();
  const roots: readonly Ref[] = [
    { kind: 'project', id: projectId },
    ...[...Object.values(shop.servers), odd.serverId].map((id) => ({ kind: 'server', id })),
    { kind: 'network', id: odd.networkId },
    { kind: 'volume', id: odd.volumeId },
    ...(await shutGroup(source)),
  ];
  return {
    source,
    target,
    roots,
    provide: (captured) => provide(target, captured),
    inventory: () => inventory(target),
    stop: async () => {
      await odd.loosen();
      await purgeProject(source);
      await purgeProject(target);
    },
  };
}

async function shutGroup(cloud: Cloud): Promise<readonly Ref[]> {
  return [{ kind: 'security-group', id: await findByName(cloud, '/security-groups', 'security_groups', 'odd-shut') }];
}

async function provide(target: Cloud, captured: Topology): Promise<ReadonlyMap<string, string>> {
  const image = await findByName(target, '/images', 'images', 'guest', 'image');
  const copies = await Promise.all(
    captured.of('volume').map(async (volume) => [refKey(volume), await emptyCopy(target, volume, image)] as const),
  );
  return new Map([...captured.of('image').map((one) => [refKey(one), image] as const), ...copies]);
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

/** Ports of the DHCP agent come when it pleases, and go with their subnet. Copies of volumes are another's. */
async function inventory(cloud: Cloud): Promise<readonly string[]> {
  const { projectId } = await cloud.whoAmI();
  const found: string[] = [];
  const collect = async (
    service: 'compute' | 'network',
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
    ...['networks', 'subnets', 'routers', 'ports', 'floatingips', 'security_groups', 'security_group_rules'].map(
      (key) => collect('network', `/${key.replaceAll('_', '-')}`, key, { project_id: projectId }),
    ),
  ]);
  return found.sort();
}
