import type { Json } from '@lifeboat/kernel';
import { entity, userTags } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { found, pick, refs } from '../fields.ts';
import { userProperties } from './image-properties.ts';

const STOOD_THERE = 'the same bytes stood at the target already, under an image of its own';

/** Glance image: its bytes and properties are carried by image-replication, de-duplicated by hash. */
export const image = entity({
  kind: 'image',
  service: 'image',
  schema: 1,
  provision: 'provided',
  summary:
    'Bytes (by hash), formats, minimum sizes, tags and all user properties; visibility becomes private, protection is not carried.',

  // Only what servers refer to is fetched, by id: a project sees every public image, and protects none of them by that.
  async *list() {
    yield* [] as Live[];
  },
  async get(cloud, id) {
    const live = await found<Live>(
      cloud.image.get<Live>(`/images/${id}`).then((body) => ({ image: body })),
      'image',
    );
    return live?.['status'] === 'deleted' ? undefined : live;
  },
  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {
      ...pick(
        live,
        'name',
        'disk_format',
        'container_format',
        'min_disk',
        'min_ram',
        'visibility',
        'protected',
        'os_hash_algo',
        'os_hash_value',
      ),
      tags: userTags(live['tags']) as Json,
      properties: userProperties(live) as Json,
    },
    refs: refs({}),
    observed: pick(live, 'status', 'size', 'checksum', 'owner'),
  }),
  fields: {
    visibility: { mapped: 'a replica is private to its project' },
    protected: { mapped: 'a replica must stay removable' },
    name: { mapped: STOOD_THERE },
    tags: { mapped: STOOD_THERE },
    properties: { mapped: STOOD_THERE },
    min_disk: { mapped: STOOD_THERE },
    min_ram: { mapped: STOOD_THERE },
  },

  examples: [
    {
      live: {
        id: 'img-1',
        name: 'guest',
        status: 'active',
        size: 5,
        checksum: 'c',
        os_hash_algo: 'sha512',
        os_hash_value: 'ab',
        disk_format: 'raw',
        container_format: 'bare',
        min_disk: 1,
        min_ram: 0,
        visibility: 'public',
        protected: false,
        owner: 'p',
        tags: ['x'],
        hw_disk_bus: 'virtio',
        direct_url: 'rbd://1',
        stores: 'ceph',
      },
      keeps: {
        id: 'img-1',
        name: 'guest',
        spec: {
          name: 'guest',
          disk_format: 'raw',
          container_format: 'bare',
          min_disk: 1,
          min_ram: 0,
          visibility: 'public',
          protected: false,
          os_hash_algo: 'sha512',
          os_hash_value: 'ab',
          tags: ['x'],
          properties: { hw_disk_bus: 'virtio' },
        },
        refs: {},
        observed: { status: 'active', size: 5, checksum: 'c', owner: 'p' },
      },
    },
  ],
});
