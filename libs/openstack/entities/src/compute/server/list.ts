import type { Live, Scope } from '@lifeboat/openstack-entity-api';
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

interface Neighbours {
  readonly portByMac: ReadonlyMap<string, string>;
  readonly deviceOf: ReadonlyMap<string, string>;
  readonly groupOf: ReadonlyMap<string, string>;
}

type Address = { readonly addr: string; readonly 'OS-EXT-IPS-MAC:mac_addr': string };
type Attached = { readonly id: string; readonly delete_on_termination?: boolean };

export async function* listServers(cloud: Cloud, scope: Scope): AsyncGenerator<Live> {
  const near = await neighbours(cloud, scope);
  for await (const live of cloud.compute.list<Live>('/servers/detail', 'servers')) yield join(live, near);
}

export async function getServer(cloud: Cloud, id: string, scope: Scope): Promise<Live | undefined> {
  const live = await found<Live>(cloud.compute.get(`/servers/${id}`), 'server');
  return live && { ...live, [JOINED]: { ports: [], volumes: [], group: undefined, scope: scope.projectId } };
}

function join(live: Live, near: Neighbours): Live {
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

async function neighbours(cloud: Cloud, scope: Scope): Promise<Neighbours> {
  const portByMac = new Map<string, string>();
  const deviceOf = new Map<string, string>();
  const groupOf = new Map<string, string>();
  await Promise.all([
    (async () => {
      for await (const port of cloud.network.list<Live>('/ports', 'ports', { query: { project_id: scope.projectId } }))
        portByMac.set(`${String(port['device_id'])} ${String(port['mac_address'])}`, port.id);
    })(),
    (async () => {
      if (!(await cloud.has('volume'))) return;
      for await (const volume of cloud.volume.list<Live>('/volumes/detail', 'volumes'))
        for (const { server_id, device } of (volume['attachments'] ?? []) as readonly {
          server_id: string;
          device: string;
        }[])
          deviceOf.set(`${server_id} ${volume.id}`, device);
    })(),
    (async () => {
      for await (const group of cloud.compute.list<Live>('/os-server-groups', 'server_groups'))
        for (const member of (group['members'] ?? []) as readonly string[]) groupOf.set(member, group.id);
    })(),
  ]);
  return { portByMac, deviceOf, groupOf };
}
