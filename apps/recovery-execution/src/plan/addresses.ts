import type { Live, Ref, RunState, Topology } from '@lifeboat/openstack-entity-api';

/** A port as it stands at the target. */
export interface Reached {
  readonly id: string;
  /** Floating IPs that lead to it. */
  readonly floating: readonly string[];
  readonly fixed: readonly string[];
}

/** A server's ports, as captured, in order. Pure. */
export function portsOf(topology: Topology, server: Ref): readonly Ref[] {
  const ports = topology.get(server)?.refs['ports'];
  return ports && !('kind' in ports) ? ports : [];
}

/** What a server is reached at where the run made it, port by port, as Neutron tells of it now. */
export function livePorts(state: RunState, server: Ref): Promise<readonly Reached[]> {
  const { network } = state.run.cloud;
  const ids = portsOf(state.run.topology, server).flatMap((port) => state.entry(port)?.targetId ?? []);
  return Promise.all(
    ids.map(async (id) => {
      const floating: string[] = [];
      for await (const live of network.list<Live>('/floatingips', 'floatingips', { query: { port_id: id } }))
        floating.push(String(live['floating_ip_address']));
      const { port } = await network.get<{ port: { fixed_ips: readonly { ip_address: string }[] } }>(`/ports/${id}`);
      return { id, floating, fixed: port.fixed_ips.map(({ ip_address }) => ip_address) };
    }),
  );
}
