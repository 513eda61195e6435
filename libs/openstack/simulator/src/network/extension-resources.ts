import type { Resource } from './network-state.ts';

export interface AddressGroup extends Resource {
  addresses: string[];
}

export interface QosRule {
  readonly id: string;
  readonly type: string;
  values: Record<string, unknown>;
}

export interface QosPolicy extends Resource {
  isDefault: boolean;
  rules: QosRule[];
}

export interface RbacPolicy extends Resource {
  readonly objectType: string;
  readonly objectId: string;
  readonly action: string;
  /** A project's id, or `*`. */
  target: string;
}

export interface SubnetPool extends Resource {
  prefixes: string[];
  minPrefix: number;
  maxPrefix: number;
  defaultPrefix: number;
  defaultQuota: number | null;
  isDefault: boolean;
  readonly ipVersion: 4 | 6;
}

export interface SubPort {
  readonly port_id: string;
  readonly segmentation_type: string;
  readonly segmentation_id: number;
}

export interface Trunk extends Resource {
  readonly portId: string;
  adminStateUp: boolean;
  status: 'DOWN' | 'ACTIVE';
  subPorts: SubPort[];
}

export interface PortForwarding extends Resource {
  readonly floatingIpId: string;
  protocol: string;
  internalPortId: string;
  internalAddress: string;
  internalPort: number;
  externalPort: number;
}
