import type { Entity } from '../http/paging.ts';
import { uuid } from '../state/identifiers.ts';
import { Store } from '../state/store.ts';

export type Provisioning = 'ACTIVE' | 'ERROR' | 'PENDING_CREATE' | 'PENDING_UPDATE' | 'PENDING_DELETE';

interface Provisioned extends Entity {
  readonly projectId: string;
  updated: number | null;
  status: Provisioning;
  /** As the API names and answers them. */
  fields: Readonly<Record<string, unknown>>;
}

export interface LoadBalancer extends Provisioned {
  readonly vip: {
    readonly address: string;
    readonly portId: string;
    readonly subnetId: string;
    readonly networkId: string;
  };
  readonly furtherVips: readonly {
    readonly subnet_id: string;
    readonly ip_address: string;
    readonly port_id: string;
  }[];
}

export type NodeKind = 'listener' | 'pool' | 'member' | 'healthmonitor' | 'l7policy' | 'rule';

/** Anything below a load balancer. */
export interface TreeNode extends Provisioned {
  readonly kind: NodeKind;
  readonly loadBalancerId: string;
  /** The pool of a member and of a health monitor, the listener of a policy, the policy of a rule. */
  readonly parentId: string | null;
}

export class LoadBalancerState {
  readonly loadBalancers = new Store<LoadBalancer>();
  readonly nodes = new Store<TreeNode>();
  /** What an administrator has made: two amphorae instead of one. */
  readonly flavors = [{ id: uuid(), name: 'pair', description: 'Two amphorae', enabled: true }] as const;

  nodesOf(kind: NodeKind, wanted: (node: TreeNode) => boolean): TreeNode[] {
    return this.nodes.filter((node) => node.kind === kind && wanted(node));
  }
}
