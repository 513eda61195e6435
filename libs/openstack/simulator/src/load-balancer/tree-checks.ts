import type { Cloud } from '../cloud.ts';
import type { JsonObject } from '../http/fields.ts';
import { conflict } from '../http/refusal.ts';
import type { NodeKind, TreeNode } from './load-balancer-state.ts';

/** Refuses (409) what there may be only one of. */
export function checkAlone(
  cloud: Cloud,
  kind: NodeKind,
  { loadBalancerId, parentId }: Pick<TreeNode, 'loadBalancerId' | 'parentId'>,
  body: JsonObject,
): void {
  const beside = cloud.loadBalancer.nodesOf(
    kind,
    (one) => one.loadBalancerId === loadBalancerId && one.parentId === parentId,
  );
  const same = beside.some((one) =>
    ['address', 'protocol_port'].every((key) => one.fields[key] === (body[key] ?? one.fields[key])),
  );
  if (kind === 'healthmonitor' && beside.length > 0) throw conflict('This pool already has a health monitor');
  if (kind === 'member' && same)
    throw conflict(
      `Another member on this pool is already using ip ${String(body['address'])} on protocol_port ${String(body['protocol_port'])}`,
    );
  if (kind === 'listener' && same)
    throw conflict(
      `Another Listener on this Load Balancer is already using protocol ${String(body['protocol'])} and protocol_port ${String(body['protocol_port'])}`,
    );
}

/** A pool that a policy redirects to stays. */
export function checkUnused(cloud: Cloud, node: TreeNode): void {
  const [policy] = cloud.loadBalancer.nodesOf('l7policy', ({ fields }) => fields['redirect_pool_id'] === node.id);
  if (policy !== undefined) throw conflict(`Pool ${node.id} is in use by L7 policy ${policy.id}`);
}
