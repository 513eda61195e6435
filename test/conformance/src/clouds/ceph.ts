import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';

const rbd = (cluster: string, args: readonly string[]) =>
  spawn('rbd', ['--cluster', cluster, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });

async function ended(child: ReturnType<typeof rbd>): Promise<void> {
  const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('close', resolve)));
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
}

/** Digest of all bytes of an image in one of the test bed's Ceph clusters, read past OpenStack. */
export async function digestOf(cluster: string, image: string): Promise<string> {
  const child = rbd(cluster, ['export', '--no-progress', image, '-']);
  const hash = createHash('sha256');
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) hash.update(chunk);
  await ended(child);
  return hash.digest('hex');
}

/** Digest of a disk on which nothing was ever written. */
export async function digestOfZeros({ sizeGiB }: { readonly sizeGiB: number }): Promise<string> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(16 * 1024 ** 2);
  for (let n = 0; n < sizeGiB * 64; n++) hash.update(chunk);
  return hash.digest('hex');
}

/** Changes some blocks, past OpenStack, as a hypervisor does. */
export async function scribble(cluster: string, image: string): Promise<void> {
  const child = rbd(cluster, [
    'bench',
    '--io-type',
    'write',
    '--io-size',
    '64K',
    '--io-total',
    '2M',
    '--io-pattern',
    'rand',
    image,
  ]);
  child.stdout.resume();
  await ended(child);
}
