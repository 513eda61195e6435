import type { Copy, DriverIo, Mark, PointOfDisk } from '@lifeboat/replication-driver-api';
import type { ReplicatedType } from './settings.ts';

interface Adopted {
  readonly copy: Copy;
  /** How the array at the recovery site names it. */
  readonly sourceName: string;
  readonly mark: Mark;
}

/** Has the recovery site's Cinder manage what its storage has: https://docs.openstack.org/api-ref/block-storage/v3/#manage-an-existing-volume */
export async function adopt(
  { disk }: PointOfDisk,
  { recoveryHost }: ReplicatedType,
  { copy, sourceName, mark }: Adopted,
  io: DriverIo,
): Promise<void> {
  await io.target.volume.post('/os-volume-manage', {
    volume: {
      host: recoveryHost,
      ref: { 'source-name': sourceName },
      name: copy.name,
      bootable: disk.bootable,
      metadata: mark,
      ...(copy.volumeType !== undefined && { volume_type: copy.volumeType }),
      ...(copy.availabilityZone !== undefined && { availability_zone: copy.availabilityZone }),
    },
  });
}
