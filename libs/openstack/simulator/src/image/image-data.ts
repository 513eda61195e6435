import { createHash } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { Answer, Call } from '../http/call.ts';
import { badRequest, conflict, Refusal } from '../http/refusal.ts';
import type { SparseDisk } from '../bytes/sparse-disk.ts';
import { checkStorage } from './image-create.ts';
import { imageOf, notAllowed, ownImageOf } from './image-policy.ts';
import type { Image } from './image-state.ts';

interface Digests {
  readonly size: number;
  readonly checksum: string;
  readonly hashValue: string;
}

async function receive(cloud: Cloud, image: Image, disk: SparseDisk, bytes: AsyncIterable<Buffer>): Promise<Digests> {
  const md5 = createHash('md5');
  const sha512 = createHash('sha512');
  let size = 0;
  for await (const chunk of bytes) {
    checkStorage(cloud, image, size + chunk.length);
    md5.update(chunk);
    sha512.update(chunk);
    await disk.write(chunk, size);
    size += chunk.length;
  }
  await disk.resize(size);
  return { size, checksum: md5.digest('hex'), hashValue: sha512.digest('hex') };
}

/**
 * Takes an image's bytes: `queued` → `saving` → `active`. Cut off in the middle it is `queued` again, as in Glance; deleted meanwhile,
 * the bytes go too.
 */
export async function storeImage(cloud: Cloud, image: Image, bytes: AsyncIterable<Buffer>): Promise<void> {
  image.status = 'saving';
  const disk = await cloud.disks.make('image', image.id, 0);
  try {
    const digests = await receive(cloud, image, disk, bytes);
    if (!cloud.image.images.has(image.id)) {
      throw new Refusal(
        410,
        `Image ${image.id} could not be found after upload. The image may have been deleted during the upload, cleaning up the chunks uploaded.`,
      );
    }
    Object.assign(image, { ...digests, status: 'active', updated: Date.now() });
  } catch (error) {
    await cloud.disks.remove('image', image.id);
    if (cloud.image.images.has(image.id)) image.status = 'queued';
    throw error;
  }
}

export async function upload(cloud: Cloud, call: Call): Promise<Answer> {
  const image = ownImageOf(cloud, call, 'upload_image');
  if (image.status !== 'queued')
    throw conflict(`Image status transition from ${image.status} to saving is not allowed`);
  const unset = [
    ['disk_format', image.diskFormat],
    ['container_format', image.containerFormat],
  ]
    .filter(([, value]) => value === null)
    .map(([key]) => key);
  if (unset.length > 0)
    throw badRequest(
      `${unset.length === 1 ? 'Property' : 'Properties'} ${unset.join(', ')} must be set prior to saving data.`,
    );
  const declared = Number(call.headers['content-length'] ?? 0);
  checkStorage(cloud, image, declared);
  await storeImage(cloud, image, call.stream);
  return { status: 204 };
}

interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

function rangeOf(header: string | undefined, size: number): Range | undefined {
  if (header === undefined) return undefined;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (first === '' && last === '') throw new Refusal(416, 'Invalid Range header.', { type: 'detail' });
  if (start >= size || end <= start)
    throw new Refusal(
      416,
      `Invalid start position in Range header. Start position MUST be in the inclusive range [0, ${size - 1}].`,
      { type: 'detail' },
    );
  return { start, end };
}

/** Streams an image's bytes, or the range asked for. Nothing uploaded yet is 204. */
export function download(cloud: Cloud, call: Call): Answer {
  const image = imageOf(cloud, call);
  if (image.status === 'deactivated' && !call.who.isAdmin) throw notAllowed('download_image');
  const disk = cloud.disks.get('image', image.id);
  if (disk === undefined || image.status === 'queued' || image.status === 'saving') return { status: 204 };
  const range = rangeOf(call.headers.range, disk.size);
  const { start, end } = range ?? { start: 0, end: disk.size };
  // The Ceph store cannot read from the middle.
  if (range !== undefined && cloud.settings.glanceStore === 'rbd')
    throw badRequest(
      `Getting images randomly from this store is not supported. Offset: ${start}, length: ${end - start}`,
    );
  return {
    status: range === undefined ? 200 : 206,
    bytes: disk.stream(start, end),
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(end - start),
      'content-md5': image.checksum ?? '',
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${disk.size}` }),
    },
  };
}
