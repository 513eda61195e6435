import type { DiskKind } from '../bytes/disk-store.ts';
import type { Cloud } from '../cloud.ts';
import type { Entity } from '../http/paging.ts';

type Item = Readonly<Record<string, unknown>>;

/** Everything of every project, in the simulator's own words; users' secrets left out. */
export interface Inventory {
  readonly projects: readonly Item[];
  readonly users: readonly Item[];
  readonly images: readonly Item[];
  readonly flavors: readonly Item[];
  readonly keypairs: readonly Item[];
  readonly serverGroups: readonly Item[];
  readonly servers: readonly Item[];
  readonly networks: readonly Item[];
  readonly subnets: readonly Item[];
  readonly ports: readonly Item[];
  readonly routers: readonly Item[];
  readonly securityGroups: readonly Item[];
  readonly securityGroupRules: readonly Item[];
  readonly floatingIps: readonly Item[];
  readonly volumes: readonly Item[];
  readonly snapshots: readonly Item[];
  readonly backups: readonly Item[];
  readonly volumeTypes: readonly Item[];
}

async function digested(cloud: Cloud, kind: DiskKind, items: Iterable<Entity>, withBytes: boolean): Promise<Item[]> {
  const shown: Item[] = [];
  for (const item of items) {
    const disk = cloud.disks.get(kind, item.id);
    shown.push({
      ...item,
      ...(disk && { bytes: disk.size }),
      ...(disk && withBytes && { sha256: await disk.sha256() }),
    });
  }
  return shown;
}

const plain = (items: Iterable<Entity>): Item[] => [...items].map((item) => ({ ...item }));

const open = (items: Iterable<Entity & { readonly access: ReadonlySet<string> }>): Item[] =>
  [...items].map((item) => ({ ...item, access: [...item.access] }));

/** `withBytes` adds the sha256 of every volume, snapshot, image and ephemeral root: seconds per GiB of data. */
export async function inventory(cloud: Cloud, withBytes: boolean): Promise<Inventory> {
  const { identity, image, compute, network, volume } = cloud;
  const servers = await digested(cloud, 'root', compute.servers, withBytes);
  return {
    projects: plain(identity.projects),
    users: [...identity.users].map(({ password: _, ...user }) => user),
    images: await digested(cloud, 'image', image.images, withBytes),
    flavors: open(compute.flavors),
    keypairs: plain(compute.keypairs),
    serverGroups: plain(compute.serverGroups),
    servers: servers.map(({ userData, console: _, ...server }) => ({
      ...server,
      hasUserData: userData !== null,
      guest: cloud.guests.progress(String(server['id'])),
    })),
    networks: plain(network.networks),
    subnets: plain(network.subnets),
    ports: plain(network.ports),
    routers: plain(network.routers),
    securityGroups: plain(network.groups),
    securityGroupRules: plain(network.rules),
    floatingIps: plain(network.floatingIps),
    volumes: await digested(cloud, 'volume', volume.volumes, withBytes),
    snapshots: await digested(cloud, 'snapshot', volume.snapshots, withBytes),
    backups: plain(volume.backups),
    volumeTypes: open(volume.types),
  };
}
