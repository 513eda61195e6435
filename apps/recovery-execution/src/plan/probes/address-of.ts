import { illegalState } from '@lifeboat/kernel';
import type { Ref, RunState } from '@lifeboat/openstack-entity-api';
import { livePorts } from '../addresses.ts';

/** The server's floating IP where it has one, else the first address of its ports, as Neutron tells of them now. */
export async function addressOf(state: RunState, server: Ref): Promise<string> {
  const ports = await livePorts(state, server);
  const [address] = [...ports.flatMap(({ floating }) => floating), ...ports.flatMap(({ fixed }) => fixed)];
  if (address !== undefined) return address;
  throw illegalState(
    'server-without-address',
    `Server ${server.id} has no address at ${state.run.cloud.site} at which it could be asked.`,
    {
      mend: 'Ask its console instead.',
    },
  );
}
