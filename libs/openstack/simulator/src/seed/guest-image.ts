import type { Cloud } from '../cloud.ts';
import { bootBlock } from '../compute/guest-disk.ts';
import type { Caller } from '../http/call.ts';
import { makeImage } from '../image/image-create.ts';
import { storeImage } from '../image/image-data.ts';
import { noise } from './pseudo-random.ts';

const chunkBytes = 256 * 1024;

/** The boot block, room for the guest's log, then a quarter of noise and the rest zeros: like a small system image. */
function* imageBytes(size: number, everyMs: number): Generator<Buffer> {
  const random = noise(20_131_107, chunkBytes);
  for (let offset = 0, number = 0; offset < size; offset += chunkBytes, number += 1) {
    const length = Math.min(chunkBytes, size - offset);
    const chunk =
      number > 0 && number % 4 === 1 ? (random.next().value as Buffer).subarray(0, length) : Buffer.alloc(length);
    if (number === 0) bootBlock(everyMs).copy(chunk);
    yield chunk;
  }
}

async function* chunked(bytes: Generator<Buffer>): AsyncGenerator<Buffer> {
  yield* bytes;
}

/** The public image `guest`; its bytes hold the guest, so whatever boots from them runs it. */
export async function seedGuestImage(cloud: Cloud, admin: Caller): Promise<void> {
  const image = makeImage(
    cloud,
    {
      name: 'guest',
      visibility: 'public',
      disk_format: 'raw',
      container_format: 'bare',
      min_disk: 1,
      os_distro: 'debian',
      hw_rng_model: 'virtio',
    },
    admin,
  );
  await storeImage(cloud, image, chunked(imageBytes(cloud.settings.imageBytes, cloud.settings.guestEveryMs)));
}
