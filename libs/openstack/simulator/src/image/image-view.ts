import { secondsTime } from '../state/identifiers.ts';
import type { Image } from './image-state.ts';

const cephId = '11111111-aaaa-4aaa-8aaa-000000000001';

/** What a Glance on Ceph says of the place of the bytes: not the image's own properties, though it stands among them. */
function placeOf(image: Image): Record<string, unknown> {
  if (image.status === 'queued' || image.status === 'saving') return { locations: [] };
  const url = `rbd://${cephId}/images/${image.id}/snap`;
  return { locations: [{ url, metadata: { store: 'rbd' } }], direct_url: url, stores: 'rbd' };
}

export const imageView = (image: Image, store: 'rbd' | 'file' = 'file'): Record<string, unknown> => ({
  ...image.properties,
  name: image.name,
  disk_format: image.diskFormat,
  container_format: image.containerFormat,
  visibility: image.visibility,
  size: image.size,
  virtual_size: image.diskFormat === 'raw' && image.hashValue !== null ? image.size : null,
  status: image.status,
  checksum: image.checksum,
  protected: image.protected,
  min_ram: image.minRam,
  min_disk: image.minDisk,
  owner: image.owner,
  os_hidden: image.hidden,
  os_hash_algo: image.hashValue === null ? null : 'sha512',
  os_hash_value: image.hashValue,
  id: image.id,
  created_at: secondsTime(image.born),
  updated_at: secondsTime(image.updated),
  tags: image.tags,
  self: `/v2/images/${image.id}`,
  file: `/v2/images/${image.id}/file`,
  schema: '/v2/schemas/image',
  ...(store === 'rbd' && placeOf(image)),
});
