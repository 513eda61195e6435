import type { LedgerEntry, Point, RunDetail } from '@lifeboat/contracts';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Shop } from '@lifeboat/testing';
import type { Report, VolumeComparison } from './report/report.ts';

/** Two clouds to play the demo on. */
export interface Arena {
  readonly kind: Report['clouds'];
  /** Names of the sites in `cloudsFile`. */
  readonly primary: string;
  readonly recovery: string;
  readonly cloudsFile: string;
  /** More settings for the services. */
  readonly env: Readonly<Record<string, string>>;
  /** The tenant's own view. */
  readonly primaryCloud: Cloud;
  readonly recoveryCloud: Cloud;
  /** Which driver carries what; the first rule that fits. */
  readonly drivers: readonly {
    readonly driver: string;
    readonly volumeType?: string;
    readonly diskKind?: 'volume' | 'server-root';
  }[];

  /** The number the guest of db-1 last wrote to its data volume. */
  guestCounter(shop: Shop): Promise<number | undefined>;
  /** The primary is gone, with no farewell. */
  losePrimary(): Promise<void>;
  /** Connections that reached for the primary since it was lost. */
  callsAfterLoss(): number;
  compareVolumes(proof: Proof): Promise<readonly VolumeComparison[]>;
  /** Lets the recovered guests run, and says where db-1's counter went on. */
  resumedCounter(proof: Proof): Promise<number | undefined>;
  /** Objects in the recovery project that nothing accounts for. */
  unaccounted(proof: Proof): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What the demo has when the failover is over. */
export interface Proof {
  readonly shop: Shop;
  readonly point: Point;
  readonly run: RunDetail;
  readonly ledger: readonly LedgerEntry[];
  readonly replicaImages: readonly string[];
}
