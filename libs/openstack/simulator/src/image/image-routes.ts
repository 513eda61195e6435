import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, patch, post, put, remove, type Call, type Route } from '../http/call.ts';
import { conflict, forbidden, notFound } from '../http/refusal.ts';
import { makeImage } from './image-create.ts';
import { download, upload } from './image-data.ts';
import { listImages } from './image-list.ts';
import { patchImage } from './image-patch.ts';
import { imageOf, ownImageOf } from './image-policy.ts';
import type { Image } from './image-state.ts';
import { imageView } from './image-view.ts';

/** Forgets an image and its bytes. Refuses protected ones. */
export async function deleteImage(cloud: Cloud, image: Image): Promise<void> {
  if (image.protected) throw forbidden(`Image ${image.id} is protected and cannot be deleted.`);
  if (cloud.settings.glanceStore === 'rbd' && cloud.volume.clonesOf(image.id).length > 0) {
    throw conflict(
      `Image ${image.id} could not be deleted because it is in use: The image cannot be deleted because it is in use through the backend store outside of Glance.`,
    );
  }
  cloud.image.images.delete(image.id);
  await cloud.disks.remove('image', image.id);
}

function setActive(cloud: Cloud, call: Call, active: boolean): void {
  const image = ownImageOf(cloud, call, active ? 'reactivate' : 'deactivate');
  if (image.status !== 'active' && image.status !== 'deactivated') {
    throw forbidden(`Not allowed to ${active ? 'reactivate' : 'deactivate'} image in status '${image.status}'`);
  }
  image.status = active ? 'active' : 'deactivated';
  image.updated = Date.now();
}

export const imageRoutes = (cloud: Cloud): Route[] => [
  get('/v2/images', (call) => ok(listImages(cloud, call))),
  post('/v2/images', (call) => {
    const image = makeImage(cloud, call.body, call.who);
    return {
      status: 201,
      body: imageView(image, cloud.settings.glanceStore),
      headers: {
        location: `${call.origin}/image/v2/images/${image.id}`,
        'openstack-image-import-methods': 'glance-direct,web-download,copy-image',
      },
    };
  }),
  get('/v2/images/{id}', (call) => ok(imageView(imageOf(cloud, call), cloud.settings.glanceStore))),
  patch('/v2/images/{id}', (call) => ok(imageView(patchImage(cloud, call), cloud.settings.glanceStore))),
  remove('/v2/images/{id}', async (call) => {
    await deleteImage(cloud, ownImageOf(cloud, call, 'delete_image'));
    return noContent();
  }),
  put('/v2/images/{id}/file', (call) => upload(cloud, call)),
  get('/v2/images/{id}/file', (call) => download(cloud, call)),
  post('/v2/images/{id}/actions/deactivate', (call) => {
    setActive(cloud, call, false);
    return noContent();
  }),
  post('/v2/images/{id}/actions/reactivate', (call) => {
    setActive(cloud, call, true);
    return noContent();
  }),
  put('/v2/images/{id}/tags/{tag}', (call) => {
    const image = ownImageOf(cloud, call, 'modify_image');
    const tag = call.params['tag'] ?? '';
    if (!image.tags.includes(tag)) image.tags.push(tag);
    return noContent();
  }),
  remove('/v2/images/{id}/tags/{tag}', (call) => {
    const image = ownImageOf(cloud, call, 'modify_image');
    const tag = call.params['tag'] ?? '';
    if (!image.tags.includes(tag)) throw notFound('The resource could not be found.');
    image.tags = image.tags.filter((one) => one !== tag);
    return noContent();
  }),
];
