import type { CephCluster, RbdImage } from '@lifeboat/replication-blocks';
import { openRbd, rbd } from '@lifeboat/replication-blocks';
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';

export const MIB = 1024 * 1024;
export const cluster: CephCluster = { conf: '/etc/ceph/primary.conf', user: 'cinder' };
export const specOf = ({ pool, image, snapshot }: RbdImage): string =>
  `${pool}/${image}${snapshot === undefined ? '' : `@${snapshot}`}`;

/** Images of a test's own in the pool of Cinder's volumes, which Cinder does not know of. */
export class ScratchImages {
  private readonly made: RbdImage[] = [];

  named(): RbdImage {
    const image = { cluster, pool: 'volumes', image: `lifeboat-test-${randomBytes(4).toString('hex')}` };
    this.made.unshift(image);
    return image;
  }

  async create(mib: number): Promise<RbdImage> {
    const image = this.named();
    await rbd(cluster, ['create', '--size', `${mib}M`, specOf(image)]);
    return image;
  }

  /** Clones before their parents. */
  async remove(): Promise<void> {
    for (const image of this.made.splice(0)) {
      const gone = (thrown: unknown): string => {
        if ((thrown as { kind?: string }).kind !== 'not-found') throw thrown;
        return '';
      };
      const snapshots = await rbd(cluster, ['snap', 'ls', '--format', 'json', specOf(image)]).catch(gone);
      for (const { name, protected: held } of JSON.parse(snapshots || '[]') as { name: string; protected: string }[]) {
        if (held === 'true') await rbd(cluster, ['snap', 'unprotect', specOf({ ...image, snapshot: name })]);
        await rbd(cluster, ['snap', 'rm', '--no-progress', specOf({ ...image, snapshot: name })]);
      }
      await rbd(cluster, ['rm', '--no-progress', specOf(image)]).catch(gone);
    }
  }
}

export async function takeSnapshot(image: RbdImage, snapshot: string): Promise<RbdImage> {
  await rbd(cluster, ['snap', 'create', '--no-progress', specOf({ ...image, snapshot })]);
  return { ...image, snapshot };
}

/** All its bytes, read past us. */
export async function exported(image: RbdImage): Promise<Buffer> {
  const child = spawn(
    'rbd',
    ['--conf', cluster.conf, '--id', cluster.user, 'export', '--no-progress', specOf(image), '-'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const parts: Buffer[] = [];
  for await (const part of child.stdout as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** Random bytes at random places through our device, some of them zeroed; `bytes` as they are then. */
export async function scribble(image: RbdImage, bytes: Buffer, writes = 40): Promise<void> {
  await using device = await openRbd(image, { writable: true });
  const used: { offset: number; end: number }[] = [];
  const work: Promise<void>[] = [];
  for (let n = 0; n < writes; n++) {
    const length = randomInt(1, 100_000);
    const offset = randomInt(device.size - length);
    // Two writes of the same bytes at once may land in any order.
    if (used.some((one) => offset < one.end && one.offset < offset + length)) continue;
    used.push({ offset, end: offset + length });
    const written = n % 4 === 3 ? Buffer.alloc(length) : randomBytes(length);
    written.copy(bytes, offset);
    work.push(n % 4 === 3 ? device.zero(offset, length) : device.write(offset, written));
  }
  await Promise.all(work);
  await device.flush();
}
