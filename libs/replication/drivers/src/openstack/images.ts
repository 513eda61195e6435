import type { Cloud } from '@lifeboat/openstack-client';
import { bears, tagsOf } from '@lifeboat/replication-driver-api';
import type { Mark } from '@lifeboat/replication-driver-api';
import { withRemembered } from './remembered.ts';
import { oldestFirst } from './volumes.ts';

export interface Image {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly created_at: string;
  readonly size: number | null;
  readonly checksum: string | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly disk_format: string | null;
  readonly container_format: string | null;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly tags: readonly string[];
  /** Custom properties stand beside Glance's own. */
  readonly [property: string]: unknown;
}

async function collect(
  cloud: Cloud,
  query: Readonly<Record<string, string | readonly string[]>>,
): Promise<readonly Image[]> {
  const found: Image[] = [];
  for await (const image of cloud.image.list<Image>('/images', 'images', { query }))
    if (isThere(image)) found.push(image);
  return oldestFirst(found);
}

const isThere = ({ status }: Image): boolean => !['killed', 'deleted', 'pending_delete'].includes(status);

export async function findImages(cloud: Cloud, mark: Mark, remembered?: string): Promise<readonly Image[]> {
  const listed = (await collect(cloud, { tag: tagsOf(mark) })).filter(({ tags }) => bears(tags, mark));
  return withRemembered(listed, remembered, (id) => readImage(cloud, id));
}

/** For images that Nova or Cinder make: they take a name, or properties, but no tags. */
export const findImagesNamed = async (cloud: Cloud, name: string, remembered?: string): Promise<readonly Image[]> =>
  withRemembered(await collect(cloud, { name }), remembered, (id) => readImage(cloud, id));

export const readImage = (cloud: Cloud, id: string): Promise<Image> => cloud.image.get<Image>(`/images/${id}`);

/** Gives an image that another service made its tags, once. */
export async function tagImage(cloud: Cloud, image: Image, mark: Mark): Promise<void> {
  const missing = tagsOf(mark).filter((tag) => !image.tags.includes(tag));
  if (missing.length === 0) return;
  const patch = [{ op: 'replace', path: '/tags', value: [...image.tags, ...missing] }];
  await cloud.image.patch(`/images/${image.id}`, patch, {
    contentType: 'application/openstack-images-v2.1-json-patch',
  });
}

/** `retired`: it was to go, but Ceph keeps an image while volumes or servers are clones of it. */
const RETIRED: Mark = { lifeboat_retired: 'yes' };

/** Deletes images, or retires those that others still need. */
export async function removeImages(cloud: Cloud, images: readonly Image[]): Promise<void> {
  for (const image of images)
    await cloud.image.delete(`/images/${image.id}`).catch((thrown: unknown) => {
      if ((thrown as { kind?: string }).kind !== 'conflict') throw thrown;
      return tagImage(cloud, image, RETIRED);
    });
}

/** Tries again to delete the images of a disk that were retired: what needed them may be gone. */
export async function removeRetired(cloud: Cloud, diskId: string): Promise<void> {
  await removeImages(cloud, await findImages(cloud, { ...RETIRED, lifeboat_disk: diskId }));
}
