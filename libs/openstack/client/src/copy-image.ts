import { asLifeboatError, conflict, external, unavailable } from '@lifeboat/kernel';
import { createHash, getHashes } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Cloud } from './cloud.ts';
import { backOffMs, waitFor } from './retry.ts';

export interface CopyImageOptions {
  readonly signal: AbortSignal;
  readonly moved: (bytes: number) => void;
  /** Asked before bytes go on; resolves when so many more may be sent. */
  readonly pace?: (bytes: number) => Promise<void>;
}

interface Hashed {
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly size: number | null;
  readonly status: string;
}

/** Breaks in a row without a byte in between. */
const RESUMES = 5;

/**
 * Streams one image's bytes from Glance to Glance: never more than a few chunks in memory, a broken download taken up where it broke, the hash computed
 * on the way and compared with what both Glances say. The target image must be `queued`; else `conflict` `image-not-queued` before a byte is moved.
 * On failure the caller deletes the target image and starts over with a new one: Glance cannot take up a cut upload.
 */
export async function copyImage(
  source: Cloud,
  target: Cloud,
  sourceId: string,
  targetId: string,
  options: CopyImageOptions,
): Promise<{ readonly bytes: number; readonly hash: string }> {
  const image = await source.image.get<Hashed>(`/images/${sourceId}`);
  await mustBeQueued(target, targetId);
  // Nova's snapshots on Ceph have no hash at their own Glance; then what the target computes is held against what we read.
  const algorithm = image.os_hash_algo ?? 'sha512';
  if (!getHashes().includes(algorithm))
    throw external('hash-unknown', `Image ${sourceId} at ${source.site} has a hash by ${algorithm}, unknown here.`);
  const hash = createHash(algorithm);
  const counted = { bytes: 0 };
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const chunks = resumed(source, sourceId, image.size ?? undefined, hash, counted, { ...options, signal });
  try {
    await target.image.upload(`/images/${targetId}/file`, Readable.from(chunks, { objectMode: false }), {
      signal: options.signal,
      ...(image.size !== null && { size: image.size }),
    });
  } finally {
    over.abort(); // A download that waits for its next bytes would go on waiting for them after the upload has failed.
  }
  const digest = hash.digest('hex');
  const arrived = await target.image.get<Hashed>(`/images/${targetId}`);
  if (image.os_hash_value && digest !== image.os_hash_value)
    throw corrupt(source.site, targetId, 'were not what their Glance promised');
  if (arrived.status !== 'active' || (arrived.os_hash_algo === algorithm && arrived.os_hash_value !== digest))
    throw corrupt(target.site, targetId, `arrived as ${arrived.status} with another hash`);
  return { bytes: counted.bytes, hash: digest };
}

async function mustBeQueued(target: Cloud, id: string): Promise<void> {
  const { status } = await target.image.get<Hashed>(`/images/${id}`);
  if (status === 'queued') return;
  throw conflict('image-not-queued', `Image ${id} at ${target.site} is ${status}: bytes go into a queued image only.`, {
    mend: 'Delete it and start over with a new one.',
    data: { site: target.site, image: id, status },
  });
}

const corrupt = (site: string, image: string, what: string) =>
  external('image-bytes-differ', `The bytes of image ${image} ${what} (${site}).`, {
    retry: 'yes',
    data: { site, image },
  });

async function* resumed(
  source: Cloud,
  id: string,
  size: number | undefined,
  hash: Hash,
  counted: { bytes: number },
  { signal, moved, pace }: CopyImageOptions,
): AsyncGenerator<Buffer> {
  for (let fruitless = 0; ;) {
    const before = counted.bytes;
    try {
      // Broken off after the last byte: there is no range left to ask for.
      if (size !== undefined && counted.bytes >= size) return;
      const { body } = await source.image.download(`/images/${id}/file`, { from: counted.bytes, signal });
      for await (const chunk of body as AsyncIterable<Buffer>) {
        await pace?.(chunk.length);
        hash.update(chunk);
        counted.bytes += chunk.length;
        moved(chunk.length);
        yield chunk;
      }
      if (size === undefined || counted.bytes >= size) return;
      throw unavailable('download-cut', `The download of image ${id} ended after ${counted.bytes} of ${size} bytes.`);
    } catch (thrown) {
      if (signal.aborted || !asLifeboatError(thrown).retryable) throw thrown;
      fruitless = counted.bytes > before ? 1 : fruitless + 1;
      if (fruitless > RESUMES) throw thrown;
      await waitFor(backOffMs(fruitless, undefined), signal);
    }
  }
}
