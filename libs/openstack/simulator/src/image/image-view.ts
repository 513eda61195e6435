import { secondsTime } from '../state/identifiers.ts';
import type { Image } from './image-state.ts';

export const imageView = (image: Image): Record<string, unknown> => ({
  ...image.properties,
  name: image.name,
  disk_format: image.diskFormat,
  container_format: image.containerFormat,
  visibility: image.visibility,
  size: image.size,
  virtual_size: image.diskFormat === 'raw' ? image.size : null,
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
});
