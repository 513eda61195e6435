import type { ImageReplica } from '@lifeboat/contracts';
import { LifeboatError } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import type { GlanceImage } from '../replicas/image-body.ts';

export interface StandingImage {
  readonly replica: ImageReplica;
  /** Made by us, so removed by us: it bears our mark. */
  readonly owned: boolean;
}

/** Which of these replicas stand at a site with the bytes that they had, and what is wrong with the others, in words. */
export async function standingImages(
  cloud: Cloud,
  replicas: readonly ImageReplica[],
): Promise<{ readonly standing: readonly StandingImage[]; readonly missing: readonly string[] }> {
  const standing: StandingImage[] = [];
  const missing: string[] = [];
  for (const replica of replicas) {
    const live = await lookUp(cloud, replica.targetId);
    const fault = faultOf(live, replica);
    if (fault !== undefined) missing.push(`image ${replica.targetId} ${fault}`);
    else standing.push({ replica, owned: live?.['lifeboat_purpose'] === 'image-replica' });
  }
  return { standing, missing };
}

function faultOf(live: GlanceImage | undefined, { hash }: ImageReplica): string | undefined {
  if (!live) return 'is gone';
  if (live.status !== 'active') return `is in state ${live.status}`;
  return live.os_hash_value === hash ? undefined : 'has other bytes';
}

/** What bears our mark as a replica of one of these images, whichever point it was made for. */
export async function replicasOf(
  cloud: Cloud,
  source: string,
  images: readonly ImageReplica[],
): Promise<readonly string[]> {
  const origins = new Set(images.map(({ sourceId }) => `${source}/image/${sourceId}`));
  const found: string[] = [];
  if (origins.size === 0) return found;
  for await (const image of cloud.image.list<GlanceImage>('/images', 'images', {
    query: { lifeboat_purpose: 'image-replica' },
  }))
    if (image['lifeboat_purpose'] === 'image-replica' && origins.has(String(image['lifeboat_origin'])))
      found.push(image.id);
  return found;
}

const lookUp = (cloud: Cloud, id: string): Promise<GlanceImage | undefined> =>
  cloud.image.get<GlanceImage>(`/images/${id}`).catch((thrown: unknown) => {
    if (thrown instanceof LifeboatError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  });
