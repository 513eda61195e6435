import type { Cloud } from '../cloud.ts';
import type { Call, Caller } from '../http/call.ts';
import { forbidden, notFound } from '../http/refusal.ts';
import type { Image } from './image-state.ts';

export const mayRead = (image: Image, who: Caller): boolean =>
  who.isAdmin ||
  image.owner === who.projectId ||
  image.visibility === 'public' ||
  image.visibility === 'community' ||
  (image.visibility === 'shared' && image.members.some((member) => member.memberId === who.projectId));

export const notAllowed = (action: string): Error => forbidden(`You are not authorized to complete ${action} action.`);

/** The image of the path, if the caller may see it: others' look like absent ones. */
export function imageOf(cloud: Cloud, call: Call): Image {
  const image = cloud.image.images.get(call.params['id']);
  if (image === undefined || !mayRead(image, call.who)) throw notFound(`No image found with ID ${call.params['id']}`);
  return image;
}

export function ownImageOf(cloud: Cloud, call: Call, action: string): Image {
  const image = imageOf(cloud, call);
  if (!call.who.isAdmin && image.owner !== call.who.projectId) throw notAllowed(action);
  return image;
}
