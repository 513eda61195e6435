import type { Cloud } from '@lifeboat/openstack-client';
import type { Live, Scope } from '@lifeboat/openstack-entity-api';
import { found } from '../../fields.ts';
import { findDevices, join } from './list.ts';
import type { Attached } from './list.ts';

type Attachments = readonly { readonly server_id: string; readonly device: string }[];

/** One server with its neighbours, as the list gives it: a few calls, whatever the size of the project. */
export async function rereadServer(cloud: Cloud, id: string, scope: Scope): Promise<Live | undefined> {
  const live = await found<Live>(cloud.compute.get(`/servers/${id}`), 'server');
  if (!live) return undefined;
  const [portByMac, deviceOf, groupOf] = await Promise.all([
    portsOf(cloud, id, scope),
    devicesOf(cloud, live),
    groupsOf(cloud, id),
  ]);
  const near = { portByMac, deviceOf, groupOf };
  await findDevices(cloud, live, near);
  return join(live, near);
}

async function portsOf(cloud: Cloud, id: string, scope: Scope): Promise<ReadonlyMap<string, string>> {
  const ports = new Map<string, string>();
  const query = { project_id: scope.projectId, device_id: id };
  for await (const port of cloud.network.list<Live>('/ports', 'ports', { query }))
    ports.set(`${id} ${String(port['mac_address'])}`, port.id);
  return ports;
}

/** Cinder's word for the device, as in the list: Nova's own may differ. */
async function devicesOf(cloud: Cloud, live: Live): Promise<Map<string, string>> {
  const attached = (live['os-extended-volumes:volumes_attached'] ?? []) as readonly Attached[];
  if (attached.length === 0 || !(await cloud.has('volume'))) return new Map();
  const volumes = await Promise.all(
    attached.map(({ id }) => found<Live>(cloud.volume.get(`/volumes/${id}`), 'volume')),
  );
  return new Map(
    volumes.flatMap((volume) =>
      ((volume?.['attachments'] ?? []) as Attachments).map(
        ({ server_id, device }) => [`${server_id} ${volume?.id}`, device] as const,
      ),
    ),
  );
}

async function groupsOf(cloud: Cloud, id: string): Promise<ReadonlyMap<string, string>> {
  for await (const group of cloud.compute.list<Live>('/os-server-groups', 'server_groups'))
    if (((group['members'] ?? []) as readonly string[]).includes(id)) return new Map([[id, group.id]]);
  return new Map();
}
