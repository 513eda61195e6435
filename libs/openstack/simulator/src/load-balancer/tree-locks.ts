import type { Cloud } from '../cloud.ts';
import { conflict } from '../http/refusal.ts';
import type { LoadBalancer, TreeNode } from './load-balancer-state.ts';

/** Takes the tree for one change, until `settle`; refuses (409) while there is another, or when it failed. */
export function lockTree(cloud: Cloud, loadBalancerId: string): LoadBalancer {
  const balancer = cloud.loadBalancer.loadBalancers.get(loadBalancerId);
  if (balancer?.status !== 'ACTIVE')
    throw conflict(`Load Balancer ${loadBalancerId} is immutable and cannot be updated.`);
  balancer.status = 'PENDING_UPDATE';
  return balancer;
}

/** The change has reached the amphorae: a moment later all of it is ACTIVE, or gone. */
export function settle(cloud: Cloud, balancer: LoadBalancer, node: TreeNode, done: () => void = () => undefined): void {
  cloud.jobs.later(() => {
    node.status = 'ACTIVE';
    done();
    balancer.status = 'ACTIVE';
  });
}
