import type { Entity } from '../http/paging.ts';
import { Store } from '../state/store.ts';

export interface Flavor extends Entity {
  readonly name: string;
  readonly vcpus: number;
  /** MiB. */
  readonly ram: number;
  /** GiB. */
  readonly disk: number;
  readonly ephemeral: number;
  readonly swap: number;
  readonly isPublic: boolean;
  readonly rxtx: number;
  description: string | null;
  extraSpecs: Record<string, string>;
  access: Set<string>;
}

export interface Keypair extends Entity {
  readonly name: string;
  readonly userId: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly type: string;
}

export interface ServerGroup extends Entity {
  readonly name: string;
  readonly policy: string;
  readonly rules: Record<string, number>;
  readonly projectId: string;
  readonly userId: string;
  members: string[];
}

export interface VolumeDevice {
  readonly volumeId: string;
  readonly attachmentId: string;
  readonly bdmId: string;
  readonly device: string;
  readonly bootIndex: number;
  deleteOnTermination: boolean;
  readonly tag: string | null;
}

export interface Nic {
  readonly portId: string;
  readonly tag: string | null;
  /** Made by Nova, so it goes with the server. */
  readonly own: boolean;
}

export interface ActionRecord {
  readonly action: string;
  readonly requestId: string;
  readonly userId: string;
  readonly at: number;
}

export interface Server extends Entity {
  updated: number;
  launchedAt: number | null;
  readonly projectId: string;
  readonly userId: string;
  name: string;
  description: string | null;
  status: string;
  taskState: string | null;
  vmState: string;
  powerState: number;
  metadata: Record<string, string>;
  /** Empty for a server booted from a volume. */
  readonly imageId: string;
  flavor: Flavor;
  readonly keyName: string | null;
  readonly userData: string | null;
  readonly configDrive: boolean;
  readonly zone: string;
  readonly hostname: string;
  readonly requestedGroups: readonly string[];
  readonly number: number;
  readonly reservationId: string;
  tags: string[];
  locked: boolean;
  lockedReason: string | null;
  fault: { readonly code: number; readonly message: string; readonly at: number } | undefined;
  volumes: VolumeDevice[];
  nics: Nic[];
  actions: ActionRecord[];
  console: string[];
}

export interface ComputeQuota {
  instances: number;
  cores: number;
  ram: number;
  key_pairs: number;
  metadata_items: number;
  server_groups: number;
  server_group_members: number;
}

export const defaultComputeQuota: ComputeQuota = {
  instances: 50,
  cores: 100,
  ram: 204_800,
  key_pairs: 100,
  metadata_items: 128,
  server_groups: 10,
  server_group_members: 10,
};

export class ComputeState {
  readonly servers = new Store<Server>();
  readonly flavors = new Store<Flavor>();
  readonly keypairs = new Store<Keypair>();
  readonly serverGroups = new Store<ServerGroup>();
  readonly quotas = new Map<string, ComputeQuota>();
  private count = 0;

  quotaOf(projectId: string): ComputeQuota {
    return this.quotas.get(projectId) ?? defaultComputeQuota;
  }

  nextNumber(): number {
    this.count += 1;
    return this.count;
  }
}
