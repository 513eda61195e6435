import type { Cloud } from '../cloud.ts';
import type { Caller } from '../http/call.ts';
import { flagOf, numberOf, textOf, textsOf, type JsonObject } from '../http/fields.ts';
import { badRequest, conflict, forbidden, Refusal } from '../http/refusal.ts';
import { isUuid, uuid } from '../state/identifiers.ts';
import { notAllowed } from './image-policy.ts';
import type { Image, Visibility } from './image-state.ts';

const readOnly = [
  'created_at',
  'updated_at',
  'status',
  'checksum',
  'size',
  'virtual_size',
  'direct_url',
  'self',
  'file',
  'schema',
  'os_hash_algo',
  'os_hash_value',
  'stores',
];
const reserved = ['location', 'deleted', 'deleted_at'];
const base = [
  'id',
  'name',
  'visibility',
  'owner',
  'protected',
  'os_hidden',
  'min_disk',
  'min_ram',
  'disk_format',
  'container_format',
  'tags',
];
const visibilities: readonly string[] = ['public', 'private', 'shared', 'community'];
const diskFormats = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'];

/** Refuses fields that are Glance's own. */
export function checkWritable(key: string, withId = true): void {
  if (readOnly.includes(key) || (withId && key === 'id')) throw forbidden(`Attribute '${key}' is read-only.`);
  if (reserved.includes(key) || key.startsWith('os_glance'))
    throw new Refusal(403, `Attribute '${key}' is reserved.`, { type: 'detail' });
}

export const isBaseField = (key: string): boolean => base.includes(key);

export function visibilityOf(value: unknown, who: Caller): Visibility {
  if (typeof value !== 'string' || !visibilities.includes(value)) {
    throw badRequest(
      `Provided object does not match schema 'image': '${String(value)}' is not one of ['community', 'public', 'private', 'shared']`,
    );
  }
  if (value === 'public' && !who.isAdmin) throw notAllowed('publicize_image');
  return value as Visibility;
}

function formatOf(body: JsonObject, key: string): string | null {
  const value = textOf(body, key) ?? null;
  if (key === 'disk_format' && value !== null && !diskFormats.includes(value)) {
    throw badRequest(
      `Provided object does not match schema 'image': '${value}' is not one of [None, ${diskFormats.map((one) => `'${one}'`).join(', ')}]`,
    );
  }
  return value;
}

/** Puts one base field on the image, with Glance's checks. */
export function setField(image: Image, key: string, body: JsonObject, who: Caller): void {
  if (key === 'name') image.name = textOf(body, key) ?? null;
  else if (key === 'visibility') image.visibility = visibilityOf(body[key], who);
  else if (key === 'protected') image.protected = flagOf(body, key) ?? false;
  else if (key === 'os_hidden') image.hidden = flagOf(body, key) ?? false;
  else if (key === 'min_disk') image.minDisk = numberOf(body, key) ?? 0;
  else if (key === 'min_ram') image.minRam = numberOf(body, key) ?? 0;
  else if (key === 'disk_format') image.diskFormat = formatOf(body, key);
  else if (key === 'container_format') image.containerFormat = formatOf(body, key);
  else if (key === 'tags') image.tags = [...new Set(textsOf(body, key) ?? [])];
  else if (key === 'owner') setOwner(image, textOf(body, key), who);
}

function setOwner(image: Image, owner: string | undefined, who: Caller): void {
  if (owner === undefined || owner === image.owner) return;
  if (!who.isAdmin) throw forbidden(`You are not permitted to create images owned by '${owner}'.`);
  image.owner = owner;
}

function chosenId(cloud: Cloud, body: JsonObject): string {
  const id = textOf(body, 'id');
  if (id === undefined) return uuid();
  if (!isUuid(id))
    throw badRequest(
      `Provided object does not match schema 'image': '${id}' does not match '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'`,
    );
  if (cloud.image.usedIds.has(id)) throw conflict(`Image ID ${id} already exists!`);
  return id;
}

/** Registers an image without bytes: status `queued`. */
export function makeImage(cloud: Cloud, body: JsonObject, who: Caller): Image {
  const now = Date.now();
  const image: Image = {
    id: chosenId(cloud, body),
    born: now,
    updated: now,
    name: null,
    status: 'queued',
    visibility: 'shared',
    owner: who.projectId,
    protected: false,
    hidden: false,
    minDisk: 0,
    minRam: 0,
    diskFormat: null,
    containerFormat: null,
    size: null,
    checksum: null,
    hashValue: null,
    tags: [],
    properties: {},
    members: [],
  };
  for (const [key, value] of Object.entries(body)) {
    if (key === 'id') continue;
    checkWritable(key);
    if (isBaseField(key)) setField(image, key, body, who);
    else if (typeof value === 'string') image.properties[key] = value;
    else
      throw badRequest(
        `Provided object does not match schema 'image': ${JSON.stringify(value)} is not of type 'string'`,
      );
  }
  cloud.image.usedIds.add(image.id);
  return cloud.image.images.add(image);
}

/** Refuses bytes that would take the project over its storage quota. */
export function checkStorage(cloud: Cloud, image: Image, bytes: number): void {
  const quota = cloud.image.storageQuotaBytes;
  if (quota === 0) return;
  const used = cloud.image.images
    .filter((one) => one.owner === image.owner && one.id !== image.id)
    .reduce((sum, one) => sum + (one.size ?? 0), 0);
  if (used + bytes > quota)
    throw new Refusal(
      413,
      `Image exceeds the storage quota: The size of the data ${bytes} will exceed the limit. ${Math.max(0, quota - used)} bytes remaining.`,
    );
}
