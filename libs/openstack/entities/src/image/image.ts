import type { Json } from '@lifeboat/kernel';
import { entity, userTags } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { byText, pick, refs } from '../fields.ts';
import { getImage, giveLooks, mappedMembers, membersOf, takeLooksBack } from './image-looks.ts';
import { userProperties } from './image-properties.ts';

/** Joined from the list of members, which only an owner may read. */
const MEMBERS = 'lifeboat:members';
const STOOD_THERE = 'the same bytes stood at the target already, under an image of its own';

/** Glance image: its bytes and properties are carried by image-replication, de-duplicated by hash. */
export const image = entity({
  kind: 'image',
  service: 'image',
  schema: 2,
  provision: 'provided',
  summary:
    "Bytes (by hash), formats, minimum sizes, tags and all user properties; of the project's own images also protection, visibility (shared, community) and members, where mappings name their projects. Replicas of images of others are private.",
  notKept: {
    os_hidden: 'a replica is meant to be found',
    'kernel_id, ramdisk_id, signature properties': 'ids of one cloud',
    public: "a public image is the operator's to publish",
    'acceptance by members': 'each member accepts an image by itself',
  },

  // Only what servers refer to is fetched, by id: a project sees every public image, and protects none of them by that.
  async *list() {
    yield* [] as Live[];
  },
  async get(cloud, id, { projectId }) {
    const live = await getImage(cloud, id);
    if (live?.['status'] === 'deleted') return undefined;
    if (live?.['visibility'] !== 'shared' || live['owner'] !== projectId) return live;
    return { ...live, [MEMBERS]: await membersOf(cloud, id) };
  },
  notified: { 'image.': ['id'] },
  capture: (live, { projectId }) => ({
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
      // Names for the group's mappings, which say who they are at the target; never sent as they are.
      members: byText(live[MEMBERS]),
      properties: userProperties(live) as Json,
    },
    refs: refs({}),
    observed: { ...pick(live, 'status', 'size', 'checksum', 'owner'), own: live['owner'] === projectId },
  }),
  adopt: giveLooks,
  release: (cloud, id, _kept, to) => takeLooksBack(cloud, id, to),
  notes: (kept, to) =>
    mappedMembers(kept, to)
      .filter(({ there }) => there === undefined)
      .map(({ id }) => ({
        field: `member ${id}`,
        dropped: "the group's mappings name no project of the target for it",
      })),
  fields: ({ observed, spec }) => ({
    ...(observed['own'] === true && spec['visibility'] !== 'public'
      ? { visibility: { mapped: STOOD_THERE }, protected: { mapped: STOOD_THERE } }
      : {
          visibility: { mapped: 'a replica of an image of others is private to its project' },
          protected: { mapped: 'a replica of an image of others stays removable' },
        }),
    members: { mapped: "members are projects of the target, by the group's mappings of project" },
    name: { mapped: STOOD_THERE },
    tags: { mapped: STOOD_THERE },
    properties: { mapped: STOOD_THERE },
    min_disk: { mapped: STOOD_THERE },
    min_ram: { mapped: STOOD_THERE },
  }),

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
          members: [],
          properties: { hw_disk_bus: 'virtio' },
        },
        refs: {},
        observed: { status: 'active', size: 5, checksum: 'c', owner: 'p', own: false },
      },
    },
    {
      live: {
        id: 'img-2',
        name: 'shop',
        status: 'active',
        size: 5,
        checksum: 'c',
        os_hash_algo: 'sha512',
        os_hash_value: 'ab',
        disk_format: 'raw',
        container_format: 'bare',
        min_disk: 0,
        min_ram: 0,
        visibility: 'shared',
        protected: true,
        owner: 'p1',
        tags: [],
        'lifeboat:members': ['p3', 'p2'],
      },
      keeps: {
        id: 'img-2',
        name: 'shop',
        spec: {
          name: 'shop',
          disk_format: 'raw',
          container_format: 'bare',
          min_disk: 0,
          min_ram: 0,
          visibility: 'shared',
          protected: true,
          os_hash_algo: 'sha512',
          os_hash_value: 'ab',
          tags: [],
          members: ['p2', 'p3'],
          properties: {},
        },
        refs: {},
        observed: { status: 'active', size: 5, checksum: 'c', owner: 'p1', own: true },
      },
    },
  ],
});
