import type { Json } from '@lifeboat/kernel';
import { entity, userMetadata } from '@lifeboat/openstack-entity-api';
import type { Live } from '@lifeboat/openstack-entity-api';
import { found, pick, ref, refs } from '../fields.ts';

/** What Cinder writes about the image a volume was made from: ids and hashes of one cloud. All else decides firmware, bus and machine type at boot. */
const NOT_CARRIED = new Set([
  'image_id',
  'image_name',
  'checksum',
  'size',
  'container_format',
  'disk_format',
  'min_disk',
  'min_ram',
  'base_image_ref',
  'owner_specified.openstack.md5',
  'owner_specified.openstack.sha256',
  'owner_specified.openstack.object',
  'signature_verified',
]);

const imageMetadata = (live: Live): Record<string, Json> =>
  Object.fromEntries(
    Object.entries((live['volume_image_metadata'] ?? {}) as Record<string, Json>).filter(
      ([key]) => !NOT_CARRIED.has(key) && !key.startsWith('lifeboat_'),
    ),
  );

/** Cinder's own flags in a volume's metadata. */
const metadataOf = (live: Live): Record<string, string> =>
  Object.fromEntries(
    Object.entries(userMetadata(live['metadata'])).filter(([key]) => key !== 'readonly' && key !== 'attached_mode'),
  );

/** Cinder volume: its bytes are carried by data-replication, which hands over a copy; here the copy is given its captured looks. */
export const volume = entity({
  kind: 'volume',
  service: 'volume',
  schema: 2,
  provision: 'provided',
  summary:
    'Bytes (by a replication driver), name, description, size, metadata, bootable flag, image metadata, read-only flag, volume group; type and zone are mapped.',
  notKept: {
    snapshot_id: 'where a volume once came from means nothing elsewhere',
    source_volid: 'where a volume once came from means nothing elsewhere',
    availability_zone: "the target's zones are its own",
    encrypted: 'comes with the volume type',
  },

  list: (cloud) => cloud.volume.list<Live>('/volumes/detail', 'volumes'),
  get: (cloud, id) => found(cloud.volume.get(`/volumes/${id}`), 'volume'),
  notified: { 'volume.': ['volume_id'] },
  skip: (live) => {
    const purpose = (live['metadata'] as Record<string, string> | undefined)?.['lifeboat_purpose'];
    return purpose !== undefined && purpose !== 'copy' ? `our own, for a while (${purpose})` : undefined;
  },
  capture: (live) => ({
    id: live.id,
    name: String(live['name'] ?? ''),
    spec: {
      name: (live['name'] ?? '') as Json,
      description: (live['description'] ?? '') as Json,
      ...pick(live, 'size', 'multiattach', 'volume_type'),
      bootable: String(live['bootable']) === 'true',
      metadata: metadataOf(live),
      image_metadata: imageMetadata(live),
      readonly: (live['metadata'] as Record<string, string> | undefined)?.['readonly'] === 'True',
    },
    refs: refs({ type: ref('volume-type', live['volume_type']), group: ref('volume-group', live['group_id']) }),
    observed: { ...pick(live, 'status', 'encrypted', 'availability_zone', 'created_at') },
  }),
  async adopt(cloud, id, kept) {
    const live = await found<Live>(cloud.volume.get(`/volumes/${id}`), 'volume');
    const marks = Object.fromEntries(
      Object.entries((live?.['metadata'] ?? {}) as Record<string, string>).filter(([key]) =>
        key.startsWith('lifeboat_'),
      ),
    );
    const { name, description, metadata, bootable, image_metadata: wanted, readonly } = kept.spec;
    await cloud.volume.put(`/volumes/${id}`, { volume: { name, description } });
    // Replaces all: what a driver's temporary image left behind goes.
    await cloud.volume.put(`/volumes/${id}/metadata`, {
      metadata: { ...(metadata as Record<string, string>), ...marks },
    });
    await cloud.volume.post(`/volumes/${id}/action`, { 'os-set_bootable': { bootable } });
    const stale = Object.keys(live ? imageMetadata(live) : {}).filter((key) => !(key in (wanted as object)));
    for (const key of stale) await cloud.volume.post(`/volumes/${id}/action`, { 'os-unset_image_metadata': { key } });
    if (Object.keys(wanted as object).length > 0)
      await cloud.volume.post(`/volumes/${id}/action`, { 'os-set_image_metadata': { metadata: wanted } });
    if (readonly === true)
      await cloud.volume.post(`/volumes/${id}/action`, { 'os-update_readonly_flag': { readonly: true } });
  },
  candidates: (cloud) => cloud.volume.list<Live>('/volumes/detail', 'volumes'),
  uses: (kept, _all, mapped) => {
    const [size, type] = [Number(kept.spec['size'] ?? 0), kept.spec['volume_type']];
    const there = typeof type === 'string' ? mapped('volumeType', type) : undefined;
    return {
      'volume:volumes': 1,
      'volume:gigabytes': size,
      ...(there !== undefined && { [`volume:volumes_${there}`]: 1, [`volume:gigabytes_${there}`]: size }),
    };
  },
  notes(kept, to) {
    const why = to.blank('volume', kept.id);
    return why === undefined ? [] : [{ field: 'bytes', dropped: why }];
  },
  fields: {
    volume_type: { mapping: 'volumeType' },
    multiattach: { mapped: 'multi-attach comes with the volume type' },
  },

  examples: [
    {
      live: {
        id: 'v1',
        name: 'data',
        description: null,
        size: 1,
        status: 'in-use',
        bootable: 'false',
        multiattach: false,
        volume_type: 'standard',
        encrypted: false,
        availability_zone: 'nova',
        metadata: { tier: 'gold', attached_mode: 'rw' },
        group_id: '6f519a48-3183-46cf-a32f-41815f813986',
        volume_image_metadata: { image_id: 'img', hw_disk_bus: 'scsi' },
        created_at: '2026-01-01T00:00:00.000000',
      },
      keeps: {
        id: 'v1',
        name: 'data',
        spec: {
          name: 'data',
          description: '',
          size: 1,
          multiattach: false,
          volume_type: 'standard',
          bootable: false,
          metadata: { tier: 'gold' },
          image_metadata: { hw_disk_bus: 'scsi' },
          readonly: false,
        },
        refs: {
          type: { kind: 'volume-type', id: 'standard' },
          group: { kind: 'volume-group', id: '6f519a48-3183-46cf-a32f-41815f813986' },
        },
        observed: {
          status: 'in-use',
          encrypted: false,
          availability_zone: 'nova',
          created_at: '2026-01-01T00:00:00.000000',
        },
      },
    },
  ],
});
