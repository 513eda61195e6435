import { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';

/** Sets ports down, those that are there; answers how many are. May be called again. */
export async function setDown(cloud: Cloud, ports: readonly { readonly id: string }[]): Promise<number> {
  let down = 0;
  for (const { id } of ports)
    try {
      const path = `/ports/${id}`;
      const { port } = await cloud.network.get<{ port: { admin_state_up: boolean } }>(path);
      if (port.admin_state_up) await cloud.network.put(path, { port: { admin_state_up: false } });
      down++;
    } catch (thrown) {
      if (!(thrown instanceof LifeboatError) || thrown.kind !== 'not-found') throw thrown;
    }
  return down;
}
