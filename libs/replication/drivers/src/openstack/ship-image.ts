import { deterministicId, external } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { bears, tagsOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark } from '@lifeboat/replication-driver-api';
import { createHash } from 'node:crypto';
import { findImages, readImage, tagImage } from './images.ts';
import type { Image } from './images.ts';
import { found } from './remembered.ts';

/** So long after we first saw it `saving` without being the ones who upload, nobody is: its Glance was killed at it. */
const DEAD_AFTER_MS = 60_000;
const IDS = 20;

/** What the caller keeps in its memo between two steps. */
export type ShipMemo = { readonly replicaId?: string; readonly waitingSince?: string; readonly bytes?: number };

/** Its bytes were compared with the source's. Only for sources without a hash of their own, which cannot be compared later. */
const VERIFIED: Mark = { lifeboat_verified: 'yes' };

/**
 * One step of bringing the bytes of a source image into a marked image at the target: the image when it is there, a memo when there is more to do,
 * `undefined` while there is nothing to send. An image that is `active` counts only when its bytes are those of the source image, or when that is
 * gone: it is removed only after both were compared.
 */
export async function shipImage(
  source: Image | undefined,
  looks: Readonly<Record<string, unknown>>,
  memo: ShipMemo,
  io: DriverIo,
): Promise<{ readonly image: Image } | { readonly memo: ShipMemo } | undefined> {
  const mark = io.mark('replica');
  const [known] = await findImages(io.target, mark, memo.replicaId);
  if (known?.status === 'active' && (!source || (await isVerified(source, known, io)))) return { image: known };
  if (source?.status !== 'active') return undefined;
  if (known?.status === 'active') return removeWrong(known, io);
  const replica = known ?? (await createReplica(io.target, mark, looks));
  if (replica.status !== 'queued') return { memo: await waitOrReplace(replica, memo, io) };
  const bytes = await send(source, replica, io);
  return { memo: { replicaId: replica.id, bytes: bytes ?? memo.bytes ?? 0 } };
}

/** `undefined` when another worker was at it: what it made is looked at by the next call. */
async function send(source: Image, replica: Image, io: DriverIo): Promise<number | undefined> {
  try {
    const { bytes } = await io.copyImage({ imageId: source.id }, { imageId: replica.id });
    if (!source.os_hash_value) await tagImage(io.target, await readImage(io.target, replica.id), VERIFIED);
    return bytes;
  } catch (thrown) {
    if ((thrown as { kind?: string }).kind === 'conflict') return undefined;
    throw thrown;
  }
}

async function removeWrong({ id }: Image, { target }: DriverIo): Promise<never> {
  await target.image.delete(`/images/${id}`);
  throw external('image-bytes-differ', `Image ${id} arrived with other bytes than were sent; it was removed.`, {
    retry: 'yes',
    data: { image: id },
  });
}

/** Nova's snapshots on Ceph have no hash: where nobody wrote down that they were compared, they are read once more. */
async function isVerified(source: Image, replica: Image, io: DriverIo): Promise<boolean> {
  if (source.os_hash_value) return sameBytes(source, replica);
  if (bears(replica.tags, VERIFIED)) return true;
  const hash = createHash(replica.os_hash_algo ?? 'sha512');
  const { body } = await io.source.image.download(`/images/${source.id}/file`, { signal: io.signal });
  for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk);
  if (hash.digest('hex') !== replica.os_hash_value) return false;
  await tagImage(io.target, replica, VERIFIED);
  return true;
}

/** Two Glances may be configured with different algorithms; the old MD5 and the size are then all there is to compare. */
const sameBytes = (a: Image, b: Image): boolean =>
  a.os_hash_algo === b.os_hash_algo
    ? a.os_hash_value === b.os_hash_value
    : a.checksum === b.checksum && a.size === b.size;

async function waitOrReplace({ id, status }: Image, memo: ShipMemo, io: DriverIo): Promise<ShipMemo> {
  if (status === 'active') return { ...memo, replicaId: id };
  const since = memo.waitingSince ?? io.now();
  if (Date.parse(io.now()) - Date.parse(since) <= DEAD_AFTER_MS) return { ...memo, replicaId: id, waitingSince: since };
  await io.target.image.delete(`/images/${id}`);
  return { waitingSince: io.now() };
}

/**
 * With an id that we choose, so that two workers at once make one image. Glance never takes an id again, not even that of a deleted image: then the next
 * one. The mark is carried by tags: properties of an image would be copied into the `volume_image_metadata` of every volume, and into the
 * system metadata of every server made from it.
 */
async function createReplica(target: Cloud, mark: Mark, looks: Readonly<Record<string, unknown>>): Promise<Image> {
  for (let n = 0; n < IDS; n++) {
    const id = deterministicId('replica', ...tagsOf(mark), String(n));
    const body = { ...looks, id, visibility: 'private', tags: tagsOf(mark) };
    const image = await target.image.post<Image>('/images', body).catch((thrown: unknown) => {
      if ((thrown as { kind?: string }).kind !== 'conflict') throw thrown;
      return found(readImage(target, id));
    });
    if (image) return image;
  }
  throw external(
    'image-ids-used-up',
    `All ${IDS} ids for a replica at ${target.site} were used by copies that went wrong.`,
    { retry: 'no' },
  );
}

/** Of an image's custom properties those that decide how a guest boots; what names things of the source cloud stays behind. */
export function bootProperties(image: Image): Readonly<Record<string, string>> {
  const wanted =
    /^(hw_|os_(?!hash|hidden|glance)|img_(?!signature|block)|trait:|(architecture|vm_mode|hypervisor_type|auto_disk_config)$)/;
  return Object.fromEntries(
    Object.entries(image).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && wanted.test(entry[0]),
    ),
  );
}
