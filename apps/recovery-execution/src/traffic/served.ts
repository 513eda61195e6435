import type { ResolvedSwitch } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import type { Ref, RunState, Topology } from '@lifeboat/openstack-entity-api';
import { isIP } from 'node:net';
import { livePorts, portsOf } from '../plan/addresses.ts';

/** A server that traffic is led to. Its addresses: those at which it is reached from outside first, then those of its ports. */
export interface Served {
  readonly id: string;
  readonly name: string;
  /** At the site that the group has left, as they were captured. */
  readonly former: readonly string[];
  /** Where it serves now. */
  readonly addresses: readonly string[];
  /** Its first port there with an IPv4 address. */
  readonly port?: { readonly id: string; readonly address: string };
}

/** What it is reached at where it was captured. Pure. */
export function capturedAddresses(topology: Topology, server: Ref): readonly string[] {
  const ports = portsOf(topology, server);
  const floating = ports.flatMap(({ id }) =>
    topology
      .of('floating-ip')
      .filter(({ refs }) => (refs['port'] as Ref | undefined)?.id === id)
      .map(({ spec }) => String(spec['floating_ip_address'])),
  );
  return [...floating, ...ports.flatMap((port) => (topology.get(port)?.spec['fixed_ips'] ?? []) as readonly string[])];
}

/** As Neutron tells of them now. */
export function servedBy(state: RunState, serves: ResolvedSwitch['serves']): Promise<readonly Served[]> {
  return Promise.all(
    serves.map(async ({ id, name }) => {
      const server = { kind: 'server', id };
      const ports = await livePorts(state, server);
      const first = ports.flatMap((port) => port.fixed.filter(isV4).map((address) => ({ id: port.id, address })))[0];
      return {
        id,
        name,
        former: capturedAddresses(state.run.topology, server),
        addresses: [...ports.flatMap(({ floating }) => floating), ...ports.flatMap(({ fixed }) => fixed)],
        ...(first && { port: first }),
      };
    }),
  );
}

const isV4 = (address: string): boolean => isIP(address) === 4;

/** The first of each that fits, once. Throws `switch-without-address` where there is none at all. Pure. */
export function reachedAt(servers: readonly Served[], fits: (address: string) => boolean = isV4): readonly string[] {
  const found = [...new Set(servers.flatMap(({ addresses }) => addresses.find(fits) ?? []))];
  if (found.length > 0) return found;
  throw illegalState(
    'switch-without-address',
    `${servers.map(({ name }) => name).join(', ')}: no server has an address of that kind to lead to.`,
    { mend: 'Give one of them such an address where it runs now, then have it switched again.' },
  );
}
