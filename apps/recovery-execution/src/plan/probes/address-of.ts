import { illegalState } from '@lifeboat/kernel';
import type { Live, Ref, RunState, Topology } from '@lifeboat/openstack-entity-api';

/** A server's ports, as captured, in order. Pure. */
export function portsOf(topology: Topology, server: Ref): readonly Ref[] {
  const ports = topology.get(server)?.refs['ports'];
  return ports && !('kind' in ports) ? ports : [];
}

/** The server's floating IP where it has one, else the address of its first port, as Neutron tells of them now. */
export async function addressOf(state: RunState, server: Ref): Promise<string> {
  const { cloud, topology } = state.run;
  const targets = portsOf(topology, server).flatMap((port) => state.entry(port)?.targetId ?? []);
  for (const port of targets)
    for await (const live of cloud.network.list<Live>('/floatingips', 'floatingips', { query: { port_id: port } }))
      return String(live['floating_ip_address']);
  const [first] = targets;
  if (first !== undefined) {
    const { port } = await cloud.network.get<{ port: { fixed_ips: readonly { ip_address: string }[] } }>(
      `/ports/${first}`,
    );
    const address = port.fixed_ips[0]?.ip_address;
    if (address !== undefined) return address;
  }
  throw illegalState(
    'server-without-address',
    `Server ${server.id} has no address at ${cloud.site} at which it could be asked.`,
    {
      mend: 'Ask its console instead.',
    },
  );
}
