import { userProperties } from '@lifeboat/openstack-entities';

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

/** The create body of a replica; the mark is in it, so that a replica made just before a crash is found again. */
export const replicaBody = (
  image: GlanceImage,
  targetId: string,
  mark: Readonly<Record<string, string>>,
): Record<string, unknown> & { readonly id: string } => ({
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
