import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { digest, digestOfDiff } from './data-of-diff.ts';

const rbd = (cluster: string, args: readonly string[]) =>
  spawn('rbd', ['--cluster', cluster, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });

async function ended(child: ReturnType<typeof rbd>): Promise<void> {
  const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('close', resolve)));
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
}

/** Digest of all bytes of an image in one of the test bed's Ceph clusters, read past OpenStack. */
export async function digestOf(cluster: string, image: string): Promise<string> {
  const child = rbd(cluster, ['export-diff', '--no-progress', image, '-']);
  const found = await digestOfDiff(child.stdout as AsyncIterable<Buffer>);
  child.stdout.resume();
  await ended(child);
  return found;
}

/** An OSD reports its counters every few seconds. */
const REPORTED_MS = 6_000;

export const SCRIBBLED_BYTES = 2 * 1024 ** 2;

/** Digest of a disk on which nothing was ever written. */
export const digestOfZeros = async ({ sizeGiB }: { readonly sizeGiB: number }): Promise<string> =>
  digest(sizeGiB * 1024 ** 3, new Map());

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

async function textOf(child: ReturnType<typeof rbd>): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) text += chunk.toString('utf8');
  await ended(child);
  return text;
}

const answerOf = (cluster: string, args: readonly string[]): Promise<string> => textOf(rbd(cluster, args));

/** The names of a pool's images, without those in its trash. */
export const rbdImages = async (cluster: string, pool: string): Promise<readonly string[]> =>
  JSON.parse(await answerOf(cluster, ['ls', '--format', 'json', pool])) as string[];

/** `false` also for one that is not there. */
export async function isMirrored(cluster: string, image: string): Promise<boolean> {
  const [pool = '', name = ''] = image.split('/');
  if (!(await rbdImages(cluster, pool)).includes(name)) return false;
  const answer = await answerOf(cluster, ['info', '--format', 'json', image]);
  const { mirroring } = JSON.parse(answer) as { readonly mirroring?: { readonly state: string } };
  return mirroring?.state === 'enabled';
}

/** Whatever stands in the way: what a failed case left behind. */
export async function removeImage(cluster: string, image: string): Promise<void> {
  if (await isMirrored(cluster, image)) await answerOf(cluster, ['mirror', 'image', 'disable', '--force', image]);
  const [pool = '', name = ''] = image.split('/');
  if (!(await rbdImages(cluster, pool)).includes(name)) return;
  const snapshots = JSON.parse(await answerOf(cluster, ['snap', 'ls', '--format', 'json', image])) as readonly {
    readonly name: string;
    readonly protected: string;
  }[];
  for (const one of snapshots.filter((each) => each.protected === 'true'))
    await answerOf(cluster, ['snap', 'unprotect', `${image}@${one.name}`]);
  await answerOf(cluster, ['snap', 'purge', '--no-progress', image]);
  await answerOf(cluster, ['rm', '--no-progress', image]);
}

/** The image of which this one is a clone. */
export async function parentOf(cluster: string, image: string): Promise<string | undefined> {
  const answer = await answerOf(cluster, ['info', '--format', 'json', image]);
  return (JSON.parse(answer) as { readonly parent?: { readonly image: string } }).parent?.image;
}

/** Writes so many MiB from the start on. */
export const fill = (cluster: string, image: string, mib: number): Promise<string> =>
  answerOf(cluster, [
    'bench',
    '--io-type',
    'write',
    '--io-size',
    '1M',
    '--io-total',
    `${mib}M`,
    '--io-pattern',
    'seq',
    image,
  ]);

/** All that was ever written into a pool, as Ceph itself counts it: also what mirroring brings. */
export async function bytesWritten(cluster: string, pool: string): Promise<number> {
  await pause(REPORTED_MS);
  const args = ['--cluster', cluster, 'df', '--format', 'json', '-p', pool];
  const child = spawn('rados', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const answer = JSON.parse(await textOf(child)) as { readonly pools: readonly { readonly write_bytes: number }[] };
  const [found] = answer.pools;
  if (!found) throw new Error(`Ceph of ${cluster} has no pool ${pool}`);
  return found.write_bytes;
}
