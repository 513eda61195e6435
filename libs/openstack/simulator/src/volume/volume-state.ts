import type { Entity } from '../http/paging.ts';
import { Store } from '../state/store.ts';

export interface VolumeType extends Entity {
  name: string;
  description: string | null;
  isPublic: boolean;
  extraSpecs: Record<string, string>;
  access: Set<string>;
}

export interface Attachment {
  readonly id: string;
  readonly serverId: string | null;
  device: string;
  readonly mode: string;
  readonly at: number;
  /** `reserved` until it is known which host has it, `attaching` until the host says that it does. */
  status: 'reserved' | 'attaching' | 'attached';
  /** The host's, for an attachment that is no server's. */
  connector?: Readonly<Record<string, unknown>> | undefined;
}

export interface Volume extends Entity {
  updated: number;
  readonly projectId: string;
  readonly userId: string;
  name: string | null;
  description: string | null;
  status: string;
  previousStatus: string | undefined;
  /** GiB. */
  size: number;
  readonly zone: string;
  typeId: string;
  readonly snapshotId: string | null;
  readonly sourceVolumeId: string | null;
  metadata: Record<string, string>;
  bootable: boolean;
  readonly multiattach: boolean;
  /** What Cinder keeps of the image a volume was made from; undefined when there is none. */
  imageMetadata: Record<string, string> | undefined;
  attachments: Attachment[];
  groupId: string | null;
  /** Copy-on-write parent in the image store, which cannot be deleted meanwhile. */
  readonly clonedImageId: string | undefined;
  /** Why it is in error: for `/simulator/inventory`. */
  fault: string | undefined;
}

export interface GroupType extends Entity {
  name: string;
  description: string | null;
  readonly isPublic: boolean;
  specs: Record<string, string>;
}

export interface VolumeGroup extends Entity {
  readonly projectId: string;
  name: string | null;
  description: string | null;
  status: string;
  readonly groupTypeId: string;
  readonly typeIds: readonly string[];
  replication: 'disabled' | 'enabled' | 'failed-over';
}

export interface GroupSnapshot extends Entity {
  readonly projectId: string;
  readonly groupId: string;
  readonly groupTypeId: string;
  readonly name: string | null;
  readonly description: string | null;
  status: string;
}

export interface Snapshot extends Entity {
  updated: number;
  readonly projectId: string;
  readonly userId: string;
  readonly volumeId: string;
  name: string | null;
  description: string | null;
  status: string;
  readonly size: number;
  readonly typeId: string;
  metadata: Record<string, string>;
  readonly imageMetadata: Record<string, string> | undefined;
  readonly groupSnapshotId: string | null;
}

export interface Backup extends Entity {
  updated: number;
  projectId: string;
  userId: string;
  volumeId: string;
  snapshotId: string | null;
  parentId: string | null;
  name: string | null;
  description: string | null;
  status: string;
  failReason: string | null;
  size: number;
  container: string;
  objectCount: number;
  dataTimestamp: number;
  zone: string | null;
  metadata: Record<string, string>;
  dependents: number;
  /** What Cinder's chunked drivers write into the backup beside the bytes; put on a volume it is restored into. */
  volumeMeta: BackedUpMeta | undefined;
}

export interface BackedUpMeta {
  readonly bootable: boolean;
  readonly imageMetadata: Record<string, string> | undefined;
  readonly metadata: Record<string, string>;
  readonly name: string | null;
}

export interface VolumeQuota {
  volumes: number;
  snapshots: number;
  gigabytes: number;
  backups: number;
  backup_gigabytes: number;
  per_volume_gigabytes: number;
  groups: number;
}

/** OpenStack's defaults; -1 is no limit. */
export const defaultVolumeQuota: VolumeQuota = {
  volumes: 50,
  snapshots: 50,
  gigabytes: 1000,
  backups: 50,
  backup_gigabytes: 1000,
  per_volume_gigabytes: -1,
  groups: 10,
};

export class VolumeState {
  readonly volumes = new Store<Volume>();
  readonly snapshots = new Store<Snapshot>();
  readonly backups = new Store<Backup>();
  readonly types = new Store<VolumeType>();
  readonly groups = new Store<VolumeGroup>();
  readonly groupTypes = new Store<GroupType>();
  readonly groupSnapshots = new Store<GroupSnapshot>();
  readonly quotas = new Map<string, VolumeQuota>();
  /** What lies in the storage and is no volume: its name → GiB. */
  readonly unmanaged = new Map<string, number>();
  defaultTypeName = 'standard';

  quotaOf(projectId: string): VolumeQuota {
    return this.quotas.get(projectId) ?? defaultVolumeQuota;
  }

  clonesOf(imageId: string): Volume[] {
    return this.volumes.filter((volume) => volume.clonedImageId === imageId);
  }

  attachmentsOf(serverId: string): { volume: Volume; attachment: Attachment }[] {
    return [...this.volumes].flatMap((volume) =>
      volume.attachments.filter((one) => one.serverId === serverId).map((attachment) => ({ volume, attachment })),
    );
  }
}
