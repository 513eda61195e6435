import type { Gathering, Live, Scope } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { found } from '../../fields.ts';

/** What a server's own answer does not say, joined from list calls: no call per server. */
export interface Joined {
  /** Ports in the order of the NICs. */
  readonly ports: readonly string[];
  readonly volumes: readonly {
    readonly id: string;
    readonly device: string;
    readonly delete_on_termination: boolean;
  }[];
  readonly group: string | undefined;
}
export const JOINED = 'lifeboat:joined';

export interface Neighbours {
  readonly portByMac: ReadonlyMap<string, string>;
  readonly deviceOf: Map<string, string>;
  readonly groupOf: ReadonlyMap<string, string>;
}

type Address = { readonly addr: string; readonly 'OS-EXT-IPS-MAC:mac_addr': string };
type Attachment = { readonly server_id: string; readonly device: string };
export type Attached = { readonly id: string; readonly delete_on_termination?: boolean };

/** What servers need of other lists, and no more of them. */
export class ServerNeighbours implements Neighbours, Gathering {
  readonly portByMac = new Map<string, string>();
  readonly deviceOf = new Map<string, string>();
  readonly groupOf = new Map<string, string>();

  see(kind: string, live: Live): void {
    if (kind === 'port') this.portByMac.set(`${String(live['device_id'])} ${String(live['mac_address'])}`, live.id);
    if (kind === 'volume')
      for (const { server_id, device } of (live['attachments'] ?? []) as readonly Attachment[])
        this.deviceOf.set(`${server_id} ${live.id}`, device);
    if (kind === 'server-group')
      for (const member of (live['members'] ?? []) as readonly string[]) this.groupOf.set(member, live.id);
  }

  async *list(cloud: Cloud): AsyncGenerator<Live> {
    for await (const live of cloud.compute.list<Live>('/servers/detail', 'servers')) {
      await findDevices(cloud, live, this);
      yield join(live, this);
    }
  }
}

export const gatherForServers = {
  from: ['port', 'volume', 'server-group'],
  begin: (): Gathering => new ServerNeighbours(),
};

/** By itself, its neighbours read for it alone. */
export async function* listServers(cloud: Cloud, scope: Scope): AsyncGenerator<Live> {
  const near = new ServerNeighbours();
  const see = async (kind: string, lives: AsyncIterable<Live>): Promise<void> => {
    for await (const live of lives) near.see(kind, live);
  };
  await Promise.all([
    see('port', cloud.network.list<Live>('/ports', 'ports', { query: { project_id: scope.projectId } })),
    see('server-group', cloud.compute.list<Live>('/os-server-groups', 'server_groups')),
    (await cloud.has('volume')) && see('volume', cloud.volume.list<Live>('/volumes/detail', 'volumes')),
  ]);
  yield* near.list(cloud);
}

export async function getServer(cloud: Cloud, id: string, scope: Scope): Promise<Live | undefined> {
  const live = await found<Live>(cloud.compute.get(`/servers/${id}`), 'server');
  return live && { ...live, [JOINED]: { ports: [], volumes: [], group: undefined, scope: scope.projectId } };
}

/** Cinder forgets at which device a shelved server's volumes were; Nova does not. Rare, so one call for such a server. */
export async function findDevices(cloud: Cloud, live: Live, near: Neighbours): Promise<void> {
  const attached = (live['os-extended-volumes:volumes_attached'] ?? []) as readonly Attached[];
  if (attached.length < 2 || attached.every(({ id }) => near.deviceOf.has(`${live.id} ${id}`))) return;
  for await (const { volumeId, device } of cloud.compute.list<{ volumeId: string; device?: string | null }>(
    `/servers/${live.id}/os-volume_attachments`,
    'volumeAttachments',
  ))
    near.deviceOf.set(`${live.id} ${volumeId}`, device ?? '');
}

export function join(live: Live, near: Neighbours): Live {
  // Nova answers the addresses in the order of the NICs; Neutron knows none.
  const macs = Object.values((live['addresses'] ?? {}) as Record<string, readonly Address[]>)
    .flat()
    .map((address) => address['OS-EXT-IPS-MAC:mac_addr']);
  const ports = [...new Set(macs)]
    .map((mac) => near.portByMac.get(`${live.id} ${mac}`))
    .filter((id) => id !== undefined);
  const volumes = ((live['os-extended-volumes:volumes_attached'] ?? []) as readonly Attached[])
    .map(({ id, delete_on_termination }) => ({
      id,
      device: near.deviceOf.get(`${live.id} ${id}`) ?? '',
      delete_on_termination: delete_on_termination ?? false,
    }))
    .sort((a, b) => (a.device < b.device ? -1 : 1));
  const joined: Joined = { ports, volumes, group: near.groupOf.get(live.id) };
  return { ...live, [JOINED]: joined };
}
