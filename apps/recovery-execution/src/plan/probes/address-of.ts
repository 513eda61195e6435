import { illegalState } from '@lifeboat/kernel';
import type { Live, Ref, RunState } from '@lifeboat/openstack-entity-api';

/** The server's floating IP where it has one, else the address of its first port, as Neutron tells of them now. */
export async function addressOf(state: RunState, server: Ref): Promise<string> {
  const { cloud, topology } = state.run;
  const ports = topology.get(server)?.refs['ports'];
  const targets = (ports && !('kind' in ports) ? ports : []).flatMap((port) => state.entry(port)?.targetId ?? []);
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
