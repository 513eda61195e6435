import type { Cloud } from '@lifeboat/openstack-client';
import type { Copy, Disk, Mark } from '@lifeboat/replication-driver-api';
import type { Volume } from '../openstack/volumes.ts';
import type { CephImage } from './ceph-image.ts';

/** Makes an image a volume of Cinder's, with the mark in the create body, and answers its id. Cinder renames the image as it names its own. */
export async function adoptImage(image: CephImage, disk: Disk, copy: Copy, mark: Mark, cloud: Cloud): Promise<string> {
  const { volume } = await cloud.volume.post<{ volume: { readonly id: string } }>('/os-volume-manage', {
    volume: {
      host: image.at.cinderHost,
      ref: { 'source-name': image.name },
      name: copy.name,
      bootable: disk.bootable,
      metadata: mark,
      ...(copy.volumeType !== undefined && { volume_type: copy.volumeType }),
      ...(copy.availabilityZone !== undefined && { availability_zone: copy.availabilityZone }),
    },
  });
  return volume.id;
}

/** What Cinder could not adopt; its image is as it was. */
export const isBroken = ({ status }: Volume): boolean => status.startsWith('error');
