import { conflict, LifeboatError } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import type { Live, Target, Yields } from '@lifeboat/openstack-entity-api';
import type { Cloud } from '@lifeboat/openstack-client';
import { defined, found, pick } from '../../fields.ts';
import { JOINED } from './list.ts';
import type { Joined } from './list.ts';
import { rereadServer } from './reread.ts';

/** A port of an original, with all that it takes to make it again: Nova deletes, when it is let go, what it had made itself. */
type HeldPort = {
  readonly id: string;
  readonly looks: Readonly<Record<string, Json>>;
  readonly tags: Json;
  /** What led to it. */
  readonly floatingIps: readonly { readonly id: string; readonly fixed_ip_address: string }[];
};
type Held = {
  /** In the order of the NICs. */
  readonly ports: readonly HeldPort[];
  readonly locked: boolean;
  readonly lockedReason: string | null;
};

const LOOKS = [
  'name',
  'description',
  'network_id',
  'admin_state_up',
  'mac_address',
  'fixed_ips',
  'security_groups',
  'allowed_address_pairs',
  'port_security_enabled',
  'extra_dhcp_opts',
  'binding:vnic_type',
  'qos_policy_id',
];
/** Nova lets a port go in these; at rest it serves nobody. */
const LETS_GO = ['SHUTOFF', 'PAUSED'];

const portOf = (cloud: Cloud, id: string): Promise<Live | undefined> =>
  found<Live>(cloud.network.get(`/ports/${id}`), 'port');

async function heldPort(cloud: Cloud, id: string): Promise<readonly HeldPort[]> {
  const live = await portOf(cloud, id);
  if (!live) return [];
  const floatingIps: HeldPort['floatingIps'][number][] = [];
  for await (const ip of cloud.network.list<Live>('/floatingips', 'floatingips', { query: { port_id: id } }))
    floatingIps.push({ id: ip.id, fixed_ip_address: String(ip['fixed_ip_address']) });
  return [{ id, looks: pick(live, ...LOOKS), tags: (live['tags'] ?? []) as Json, floatingIps }];
}

async function look(cloud: Cloud, id: string, to: Target): Promise<Held | undefined> {
  const live = await rereadServer(cloud, id, to);
  if (!live) return undefined;
  const { ports } = live[JOINED] as Joined;
  const wanted = ports.filter((port) => to.comesBack({ kind: 'port', id: port }));
  if (wanted.length === 0) return undefined;
  const status = String(live['status']);
  if (!LETS_GO.includes(status))
    throw conflict(
      'original-keeps-its-ports',
      `Server ${String(live['name'])} (${id}) is ${status} at ${cloud.site}: it cannot give up the ports that come back.`,
      { mend: 'Stop it there, or delete it when nobody needs it any more; then ask again.' },
    );
  return {
    ports: (await Promise.all(wanted.map((port) => heldPort(cloud, port)))).flat(),
    locked: live['locked'] === true,
    lockedReason: (live['locked_reason'] ?? null) as string | null,
  };
}

/** Quiet where there is nothing (any more) to be done. */
const quietly = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((thrown: unknown) => {
    if (!(thrown instanceof LifeboatError) || thrown.kind !== 'not-found') throw thrown;
  });

const act = (cloud: Cloud, id: string, action: Readonly<Record<string, unknown>>): Promise<unknown> =>
  cloud.compute.post(`/servers/${id}/action`, action);

async function makeWay(cloud: Cloud, id: string, before: Json, turn: number): Promise<boolean> {
  const { ports, locked } = before as Held;
  if (turn === 0 && locked) await quietly(act(cloud, id, { unlock: null }));
  let free = true;
  for (const port of ports) {
    if ((await portOf(cloud, port.id))?.['device_id'] !== id) continue;
    free = false;
    if (turn === 0) await quietly(cloud.compute.delete(`/servers/${id}/os-interface/${port.id}`));
  }
  return free;
}

/** The port, or the one that was made again in its place; one is made where there is none. */
async function portAgain(cloud: Cloud, { id, looks, tags }: HeldPort): Promise<Live> {
  const live = await portOf(cloud, id);
  if (live) return live;
  // A network has no two ports of one MAC.
  const query = { network_id: String(looks['network_id']), mac_address: String(looks['mac_address']) };
  for await (const other of cloud.network.list<Live>('/ports', 'ports', { query })) return other;
  const { port } = await cloud.network.post<{ port: Live }>('/ports', { port: bodyOf(looks) });
  await cloud.network.put(`/ports/${port.id}/tags`, { tags });
  return port;
}

function bodyOf(looks: HeldPort['looks']): Record<string, unknown> {
  const given = defined(Object.fromEntries(Object.entries(looks).filter(([, value]) => value !== null)));
  // Neutron refuses groups and pairs on a port without port security.
  if (looks['port_security_enabled'] !== false) return given;
  return { ...given, security_groups: [], allowed_address_pairs: undefined };
}

/** One NIC at a time, as their order is that of the calls. */
async function takeBack(cloud: Cloud, id: string, before: Json): Promise<boolean> {
  const { ports, locked, lockedReason } = before as Held;
  const server = await found<Live>(cloud.compute.get(`/servers/${id}`), 'server');
  if (!server) return true;
  for (const held of ports) {
    const port = await portAgain(cloud, held);
    if (port['device_id'] !== id) {
      if (port['device_id'] !== '')
        throw conflict('port-taken', `Port ${port.id} of server ${id} at ${cloud.site} is held by another one now.`, {
          mend: 'Detach it there, then retry the run.',
        });
      await cloud.compute.post(`/servers/${id}/os-interface`, { interfaceAttachment: { port_id: port.id } });
      return false;
    }
    await leadBack(cloud, held, port.id);
  }
  if (locked && server['locked'] !== true)
    await act(cloud, id, { lock: lockedReason === null ? null : { locked_reason: lockedReason } });
  return true;
}

async function leadBack(cloud: Cloud, { floatingIps }: HeldPort, portId: string): Promise<void> {
  for (const { id, fixed_ip_address } of floatingIps) {
    const live = await found<Live>(cloud.network.get(`/floatingips/${id}`), 'floatingip');
    if (live?.['port_id'] !== null) continue;
    const policy = pick(live, 'qos_policy_id');
    await cloud.network.put(`/floatingips/${id}`, { floatingip: { ...policy, port_id: portId, fixed_ip_address } });
  }
}

/** An original gives its ports to the server that takes its place, for good or until the undo. */
export const serverYields: Yields = { look, makeWay, takeBack };
