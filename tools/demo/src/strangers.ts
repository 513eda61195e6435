import type { Cloud } from '@lifeboat/openstack-client';
import type { Proof } from './arena.ts';

type Item = {
  readonly id: string;
  readonly name?: string | null;
  readonly device_owner?: string;
  readonly owner?: string;
};

/** Something that stands in a project. */
export interface Standing {
  readonly what: string;
  readonly id: string;
  readonly name: string;
}

/** All that stands in a cloud's project, by listing it; but for its default security group, keypairs, and the ports that are the cloud's own: DHCP, and those of gateways and floating IPs. */
export async function standingIn(cloud: Cloud): Promise<readonly Standing[]> {
  const { projectId } = await cloud.whoAmI();
  const mine = { query: { project_id: projectId } };
  const found: Standing[] = [];
  const look = async (
    what: string,
    items: AsyncIterable<Item>,
    ours: (item: Item) => boolean = () => true,
  ): Promise<void> => {
    for await (const item of items) if (ours(item)) found.push({ what, id: item.id, name: item.name || item.id });
  };
  await look('server', cloud.compute.list('/servers', 'servers'));
  await look('server group', cloud.compute.list('/os-server-groups', 'server_groups'));
  await look('volume', cloud.volume.list('/volumes', 'volumes'));
  await look('snapshot', cloud.volume.list('/snapshots', 'snapshots'));
  await look('network', cloud.network.list('/networks', 'networks', mine));
  await look('subnet', cloud.network.list('/subnets', 'subnets', mine));
  await look('router', cloud.network.list('/routers', 'routers', mine));
  await look('floating IP', cloud.network.list('/floatingips', 'floatingips', mine));
  await look(
    'security group',
    cloud.network.list('/security-groups', 'security_groups', mine),
    (item) => item.name !== 'default',
  );
  await look(
    'port',
    cloud.network.list('/ports', 'ports', mine),
    (item) => !(item.device_owner ?? '').startsWith('network:') || item.device_owner === 'network:router_interface',
  );
  await look('image', cloud.image.list('/images', 'images'), (item) => item.owner === projectId);
  return found;
}

/**
 * Everything that stands in the recovery project and is neither in the run's ledger nor a replica: counted by listing the project, not by our own marks.
 * An object that was made twice shows here too.
 */
export async function strangersIn(cloud: Cloud, { ledger, replicaImages, run }: Proof): Promise<readonly string[]> {
  const copies = (run.state['copies'] ?? []) as readonly { readonly targetId: string }[];
  const known = new Set([
    ...ledger.map((entry) => entry.targetId),
    ...replicaImages,
    ...copies.map((copy) => copy.targetId),
  ]);
  return (await standingIn(cloud)).filter(({ id }) => !known.has(id)).map(({ what, name }) => `${what} ${name}`);
}
