import type { Json } from '@lifeboat/kernel';
import type { Entity, Target } from '@lifeboat/openstack-entity-api';
import { markMetadata } from '@lifeboat/openstack-entity-api';
import { defined, many, one } from '../../fields.ts';

type Disk = { readonly boot_index: number; readonly delete_on_termination: boolean };

/** The image it boots from: the snapshot of its root disk where that was carried, else the image it was once made from. */
export const bootImage = (kept: Entity, to: Target): string | undefined => {
  const image = one(kept, 'image');
  return to.provided('server-root', kept.id) ?? (image && to.id(image));
};

/** The zone to ask for: where the server was pinned to one, or the group's mappings name one for it. */
export function zoneOf(kept: Entity, to: Target): string | undefined {
  const zone = String(kept.spec['availability_zone'] ?? '');
  const mapped = to.mapped('availabilityZone', zone);
  return zone !== '' && (kept.spec['pinned'] === true || mapped !== zone) ? mapped : undefined;
}

export function serverBody(kept: Entity, to: Target): Readonly<Record<string, unknown>> {
  const { spec } = kept;
  const [flavor, keypair, group] = [one(kept, 'flavor'), one(kept, 'keypair'), one(kept, 'group')];
  const imageRef = spec['boots_from'] === 'image' ? bootImage(kept, to) : undefined;
  const disks = (spec['disks'] ?? []) as readonly Disk[];
  const attached = many(kept, 'volumes').map((volume, i) => ({
    uuid: to.id(volume),
    source_type: 'volume',
    destination_type: 'volume',
    boot_index: disks[i]?.boot_index ?? -1,
    delete_on_termination: disks[i]?.delete_on_termination ?? false,
  }));
  // With further disks Nova wants the image's own disk named too.
  const rootDisk = imageRef
    ? [{ uuid: imageRef, source_type: 'image', destination_type: 'local', boot_index: 0, delete_on_termination: true }]
    : [];
  const bootable = imageRef === undefined || attached.length > 0;
  return {
    server: defined({
      name: spec['name'],
      description: spec['description'] ?? undefined,
      imageRef,
      networks: many(kept, 'ports').length > 0 ? many(kept, 'ports').map((port) => ({ port: to.id(port) })) : 'none',
      block_device_mapping_v2: bootable ? [...rootDisk, ...attached] : undefined,
      hostname: hostnameOf(spec['hostname']),
      availability_zone: zoneOf(kept, to),
      key_name: to.maybe(keypair),
      user_data: to.open(spec['user_data'] as Json | undefined),
      config_drive: spec['config_drive'] === true ? true : undefined,
      metadata: { ...(spec['metadata'] as Record<string, string>), ...markMetadata(to.mark) },
      tags: spec['tags'],
    }),
    ...(group && { 'os:scheduler_hints': { group: to.id(group) } }),
    [FLAVOR_NAME]: flavor && to.id(flavor),
  };
}

/**
 * Nova makes hostnames of names that it refuses when they are asked for (one letter, letters beyond ASCII). Of the same name it makes the same
 * again, so those are not asked for.
 */
const hostnameOf = (hostname: Json | undefined): Json | undefined =>
  typeof hostname === 'string' && /^(?=.{2,63}$)[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$/.test(hostname)
    ? hostname
    : undefined;

/** Flavors go by name here and by id in Nova's body; the name is looked up when the server is created. */
export const FLAVOR_NAME = 'lifeboat:flavor';
