/** What Glance sets by itself, what has a field of its own, or what means something in one cloud only. */
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
  'image_type',
]);

/** Properties decide firmware, bus and machine type at boot, so all of a user's are kept. `os_glance_*` is reserved for Glance, `lifeboat_*` for our marks. */
export const userProperties = (image: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(image)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && !NOT_CARRIED.has(entry[0]))
      .filter(([name]) => !name.startsWith('os_glance_') && !name.startsWith('lifeboat_')),
  );
