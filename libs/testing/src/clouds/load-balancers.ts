import type { Cloud } from '@lifeboat/openstack-client';
import { until } from '../until.ts';

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

const COLLECTIONS = ['loadbalancers', 'listeners', 'pools', 'healthmonitors', 'l7policies'] as const;

/** Load balancers of a project and what they consist of; none where the cloud has no Octavia. */
export async function balancersOf(cloud: Cloud): Promise<readonly { readonly key: string; readonly item: Item }[]> {
  if (!(await cloud.has('load-balancer'))) return [];
  const { projectId } = await cloud.whoAmI();
  const found: { key: string; item: Item }[] = [];
  for (const key of COLLECTIONS)
    for await (const item of cloud['load-balancer'].list<Item>(`/lbaas/${key}`, key, {
      query: { project_id: projectId },
    }))
      found.push({ key, item });
  return found;
}

/** Answers when a load balancer takes the next change. */
export const treeFree = (cloud: Cloud, id: string): Promise<true> =>
  until(
    'the load balancer to be ACTIVE',
    async () => {
      const { loadbalancer } = await cloud['load-balancer'].get<{ loadbalancer: Item }>(`/lbaas/loadbalancers/${id}`);
      if (loadbalancer['provisioning_status'] === 'ERROR') throw new Error('The load balancer went to ERROR.');
      return loadbalancer['provisioning_status'] === 'ACTIVE' ? true : undefined;
    },
    { timeoutMs: 600_000, everyMs: 20 },
  );

/** All load balancers of a project, each with its tree. */
export async function purgeBalancers(cloud: Cloud): Promise<void> {
  const left = async (): Promise<readonly Item[]> =>
    (await balancersOf(cloud)).filter(({ key }) => key === 'loadbalancers').map(({ item }) => item);
  await until(
    'load balancers to be gone',
    async () => {
      const all = await left();
      for (const { id, provisioning_status: status } of all)
        if (status === 'ACTIVE' || status === 'ERROR')
          await cloud['load-balancer'].delete(`/lbaas/loadbalancers/${id}`, { query: { cascade: true } });
      return all.length === 0 ? true : undefined;
    },
    { timeoutMs: 300_000, everyMs: 500 },
  );
}
