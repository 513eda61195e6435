import type { Entity } from '../http/paging.ts';
import { Store } from '../state/store.ts';

interface Served extends Entity {
  readonly name: string;
  readonly projectId: string;
  description: string | null;
  updated: number | null;
  status: 'ACTIVE' | 'PENDING' | 'ERROR';
  action: 'CREATE' | 'UPDATE' | 'DELETE' | 'NONE';
}

export interface Zone extends Served {
  readonly type: 'PRIMARY' | 'SECONDARY';
  readonly attributes: Readonly<Record<string, string>>;
  email: string;
  ttl: number;
  masters: string[];
  serial: number;
}

export interface RecordSet extends Served {
  readonly zoneId: string;
  readonly type: string;
  /** Designate's own, as the SOA: nobody may change it. The API does not show which are. */
  readonly managed: boolean;
  ttl: number | null;
  records: string[];
}

export class DnsState {
  readonly zones = new Store<Zone>();
  readonly recordSets = new Store<RecordSet>();
  /** What the addresses of floating IPs are called, by the floating IP's id. */
  readonly names = new Map<string, Readonly<Record<string, unknown>>>();
}
