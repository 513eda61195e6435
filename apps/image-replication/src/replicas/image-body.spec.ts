import { replicaBody } from './image-body.ts';
import type { GlanceImage } from './image-body.ts';

const image: GlanceImage = {
  id: 'img-1',
  name: 'guest',
  status: 'active',
  size: 10,
  os_hash_algo: 'sha512',
  os_hash_value: 'ab',
  disk_format: 'raw',
  container_format: 'bare',
  min_disk: 1,
  min_ram: 64,
  tags: ['golden'],
  owner: 'prj-1',
  visibility: 'public',
  direct_url: 'rbd://x',
  os_glance_importing_to_stores: 'a',
  hw_disk_bus: 'scsi',
  os_distro: 'debian',
  stores: 'ceph',
  protected: true,
};

describe('replica of an image', () => {
  it('bears its id and mark from the first call on, keeps what decides how a server boots, and is private whatever the original was', () => {
    expect(replicaBody(image, 'img-2', { lifeboat_origin: 'alpha/image/img-1' })).toEqual({
      id: 'img-2',
      name: 'guest',
      disk_format: 'raw',
      container_format: 'bare',
      min_disk: 1,
      min_ram: 64,
      tags: ['golden'],
      visibility: 'private',
      hw_disk_bus: 'scsi',
      os_distro: 'debian',
      lifeboat_origin: 'alpha/image/img-1',
    });
  });
});
