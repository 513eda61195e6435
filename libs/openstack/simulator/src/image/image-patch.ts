import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { asObject, textOf, type JsonObject } from '../http/fields.ts';
import { badRequest, forbidden, Refusal } from '../http/refusal.ts';
import { checkWritable, isBaseField, setField } from './image-create.ts';
import { ownImageOf } from './image-policy.ts';
import type { Image } from './image-state.ts';

const accepted = /^application\/openstack-images-v2\.(0|1)-json-patch$/;

function keyOf(change: JsonObject): string {
  const path =
    textOf(change, 'path') ?? textOf(change, 'add') ?? textOf(change, 'replace') ?? textOf(change, 'remove') ?? '';
  if (!path.startsWith('/')) throw badRequest(`Pointer \`${path}\` does not start with "/".`);
  return path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
}

function operationOf(change: JsonObject): string {
  const named = ['add', 'replace', 'remove'].find((name) => name in change);
  const op = textOf(change, 'op') ?? named;
  if (op === undefined || !['add', 'replace', 'remove'].includes(op))
    throw badRequest('Operations must be one of "add", "remove", "replace"');
  return op;
}

function changeProperty(image: Image, key: string, op: string, value: unknown): void {
  if (op === 'remove') {
    if (!(key in image.properties)) throw new Refusal(409, `Property ${key} does not exist.`, { type: 'detail' });
    delete image.properties[key];
    return;
  }
  if (op === 'replace' && !(key in image.properties))
    throw new Refusal(409, `Property ${key} does not exist.`, { type: 'detail' });
  if (typeof value !== 'string') throw badRequest(`Invalid type for value: ${JSON.stringify(value)}`);
  image.properties[key] = value;
}

function apply(image: Image, change: JsonObject, call: Call): void {
  const key = keyOf(change);
  const op = operationOf(change);
  checkWritable(key);
  if (key.startsWith('tags/') && op === 'add') {
    const tag = String(change['value']);
    if (!image.tags.includes(tag)) image.tags.push(tag);
  } else if (key === 'owner' && !call.who.isAdmin) {
    throw forbidden("Owner can't be updated by non admin.");
  } else if (isBaseField(key)) {
    if (op === 'remove') throw new Refusal(403, `Property ${key} may not be removed.`, { type: 'detail' });
    setField(image, key, { [key]: change['value'] }, call.who);
  } else {
    changeProperty(image, key, op, change['value']);
  }
}

/** JSON patch on top-level fields; all or nothing. */
export function patchImage(cloud: Cloud, call: Call): Image {
  const type = String(call.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (!accepted.test(type)) throw new Refusal(415, `The request media type ${type} is not supported by this server.`);
  const image = ownImageOf(cloud, call, 'modify_image');
  if (!Array.isArray(call.rawJson)) throw badRequest('Request body must be a JSON array of operation objects.');
  const draft: Image = { ...image, tags: [...image.tags], properties: { ...image.properties } };
  for (const change of call.rawJson) apply(draft, asObject(change), call);
  return Object.assign(image, draft, { updated: Date.now() });
}
