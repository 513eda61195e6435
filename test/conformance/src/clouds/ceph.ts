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

export const SCRIBBLED_BYTES = 2 * 1024 ** 2;

/** Changes some blocks, past OpenStack, as a hypervisor does. */
export async function scribble(cluster: string, image: string): Promise<void> {
  const child = rbd(cluster, [
    'bench',
    '--io-type',
    'write',
    '--io-size',
    '64K',
    '--io-total',
    String(SCRIBBLED_BYTES),
    '--io-pattern',
    'rand',
    image,
  ]);
  child.stdout.resume();
  await ended(child);
}
