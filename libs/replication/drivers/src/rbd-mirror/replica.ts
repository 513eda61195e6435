import type { Json } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { Disk } from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { found } from '../openstack/remembered.ts';
import { storedAs } from '../openstack/stored.ts';

/** A point at the target: a snapshot of the image that stands there for the volume, both named as at the source. */
export interface RbdReplica {
  readonly image: string;
  readonly snapshot: string;
}

const Stored: z.ZodType<RbdReplica> = z.object({ image: z.string().min(1), snapshot: z.string().min(1) });

export const asReplica = storedAs('rbd-mirror', Stored);
export const asJson = ({ image, snapshot }: RbdReplica): Json => ({ image, snapshot });

/** By Cinder's templates as they come. */
export const snapshotName = (snapshotId: string): string => `snapshot-${snapshotId}`;
export const volumeImage = (id: string): string => `volume-${id}`;

/** A volume that was migrated or retyped lies in the image of another id; only administrators are told. */
export async function imageOf(disk: Disk, cloud: Cloud): Promise<string> {
  type Volume = { readonly 'os-vol-mig-status-attr:name_id'?: string | null };
  const read = await found(cloud.volume.get<{ volume: Volume }>(`/volumes/${disk.id}`));
  return volumeImage(read?.volume['os-vol-mig-status-attr:name_id'] ?? disk.id);
}
