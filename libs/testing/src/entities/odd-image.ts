import { copyImage } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { findByName } from '../shop/networks.ts';

export const ODD_IMAGE = 'odd-guest';
const PATCH = { contentType: 'application/openstack-images-v2.1-json-patch' };

/** The guest's bytes under another name; answers the new image's id. */
export async function copyGuest(from: Cloud, to: Cloud, more: Record<string, unknown>): Promise<string> {
  const guest = await findByName(from, '/images', 'images', 'guest', 'image');
  const { disk_format, container_format } = await from.image.get<Record<string, unknown>>(`/images/${guest}`);
  const { id } = await to.image.post<{ id: string }>('/images', {
    name: ODD_IMAGE,
    disk_format,
    container_format,
    visibility: 'private',
    ...more,
  });
  await copyImage(from, to, guest, id, { signal: new AbortController().signal, moved: () => undefined });
  return id;
}

/** The project's own, protected, and shared with a project that exists in no other cloud. */
export async function oddImage(cloud: Cloud): Promise<string> {
  const id = await copyGuest(cloud, cloud, { visibility: 'shared', tags: ['odd'], hw_rng_model: 'virtio' });
  await cloud.image.post(`/images/${id}/members`, { member: '0dd0dd0dd0dd40dd80dd0dd0dd0dd0dd' });
  await protect(cloud, id, true);
  return id;
}

export const protect = (cloud: Cloud, id: string, value: boolean): Promise<unknown> =>
  cloud.image.patch(`/images/${id}`, [{ op: 'replace', path: '/protected', value }], PATCH);
