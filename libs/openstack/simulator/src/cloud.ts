import type { DiskStore } from './bytes/disk-store.ts';
import type { ComputeState } from './compute/compute-state.ts';
import type { Guests } from './compute/guests.ts';
import type { DnsState } from './dns/dns-state.ts';
import type { IdentityState } from './identity/identity-state.ts';
import type { ImageState } from './image/image-state.ts';
import type { KeyManagerState } from './key-manager/key-manager-state.ts';
import type { LoadBalancerState } from './load-balancer/load-balancer-state.ts';
import type { NetworkState } from './network/network-state.ts';
import type { OrchestrationState } from './orchestration/orchestration-state.ts';
import type { Settings } from './settings.ts';
import type { Jobs } from './state/jobs.ts';
import type { VolumeState } from './volume/volume-state.ts';

/** Everything one played cloud is: its settings, what it keeps, its bytes and its work in progress. */
export interface Cloud {
  readonly settings: Settings;
  readonly disks: DiskStore;
  readonly jobs: Jobs;
  readonly identity: IdentityState;
  readonly image: ImageState;
  readonly network: NetworkState;
  readonly volume: VolumeState;
  readonly compute: ComputeState;
  readonly orchestration: OrchestrationState;
  readonly loadBalancer: LoadBalancerState;
  readonly keyManager: KeyManagerState;
  readonly dns: DnsState;
  readonly guests: Guests;
  /** Where clients reach it; known once it listens. */
  origin: string;
}
