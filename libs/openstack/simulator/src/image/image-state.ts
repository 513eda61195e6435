import type { Entity } from '../http/paging.ts';
import { Store } from '../state/store.ts';

export type ImageStatus = 'queued' | 'saving' | 'active' | 'deactivated';
export type Visibility = 'public' | 'private' | 'shared' | 'community';

export interface Member {
  readonly memberId: string;
  status: 'pending' | 'accepted' | 'rejected';
  readonly born: number;
  updated: number;
}

export interface Image extends Entity {
  name: string | null;
  status: ImageStatus;
  visibility: Visibility;
  owner: string;
  protected: boolean;
  hidden: boolean;
  minDisk: number;
  minRam: number;
  diskFormat: string | null;
  containerFormat: string | null;
  size: number | null;
  checksum: string | null;
  hashValue: string | null;
  tags: string[];
  properties: Record<string, string>;
  updated: number;
  members: Member[];
}

export class ImageState {
  readonly images = new Store<Image>();
  /** Glance keeps rows of deleted images: their ids cannot be chosen again. */
  readonly usedIds = new Set<string>();
  /** Bytes a project may keep in all its images; 0 for no limit. */
  storageQuotaBytes = 0;
}
