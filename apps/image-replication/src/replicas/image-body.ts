/** What Glance sets by itself, or what means something in one cloud only. */
const NOT_CARRIED = new Set([
  'id',
  'owner',
  'status',
  'size',
  'virtual_size',
  'checksum',
  'os_hash_algo',
  'os_hash_value',
  'created_at',
  'updated_at',
  'file',
  'self',
  'schema',
  'direct_url',
  'locations',
  'stores',
  'visibility',
  'protected',
  'os_hidden',
  'tags',
  'name',
  'min_disk',
  'min_ram',
  'disk_format',
  'container_format',
  'base_image_ref',
  'instance_uuid',
  'user_id',
  'owner_id',
  'owner_user_name',
  'owner_project_name',
  'image_location',
  'image_state',
  'boot_roles',
  'block_device_mapping',
]);

export interface GlanceImage {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly size: number | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly disk_format: string;
  readonly container_format: string;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly tags: readonly string[];
  readonly [property: string]: unknown;
}

/** Properties decide firmware, bus and machine type at boot, so all of a user's are kept. `os_glance_*` is reserved for Glance. */
export function userProperties(image: GlanceImage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(image).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && !NOT_CARRIED.has(entry[0]) && !entry[0].startsWith('os_glance_'),
    ),
  );
}

/** The create body of a replica; the mark is in it, so that a replica made just before a crash is found again. */
export const replicaBody = (
  image: GlanceImage,
  targetId: string,
  mark: Readonly<Record<string, string>>,
): Record<string, unknown> => ({
  ...userProperties(image),
  ...mark,
  id: targetId,
  name: image.name,
  disk_format: image.disk_format,
  container_format: image.container_format,
  min_disk: image.min_disk,
  min_ram: image.min_ram,
  tags: image.tags,
  visibility: 'private',
});
