import type { Bench, Side } from '@lifeboat/replication-driver-api';
import { MemoryCloud } from '@lifeboat/replication-drivers';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 ** 2;
const COLLECTIONS = ['snapshots', 'replicas', 'copies'] as const;
const PURPOSE = /^lifeboat-([a-z]+)-/;

/**
 * Two folders as clouds, for drivers that are shown without OpenStack: a disk is a file in `disks`, and what a driver makes stands in `snapshots`,
 * `replicas` and `copies`, named `lifeboat-<purpose>-…`.
 */
export async function directoryBench(folders: Readonly<Record<Side, string>>): Promise<Bench> {
  const path = (side: Side, collection: string, name = ''): string => join(folders[side], collection, name);
  for (const side of ['source', 'target'] as const)
    for (const collection of ['disks', ...COLLECTIONS]) await mkdir(path(side, collection), { recursive: true });
  const names = (side: Side, collection: string): Promise<string[]> => readdir(path(side, collection)).catch(() => []); // A driver need not make a folder before it has something to put there.
  return {
    // Called by nobody: they lend their names.
    clouds: { source: new MemoryCloud('primary').connect(), target: new MemoryCloud('recovery').connect() },
    facts: { source: factsOf('primary'), target: factsOf('recovery') },
    async disk() {
      const id = randomUUID();
      await writeFile(path('source', 'disks', id), randomBytes(2 * MIB));
      return {
        kind: 'volume',
        id,
        name: 'data',
        sizeGiB: 1,
        bootable: false,
        encrypted: false,
        multiattach: false,
        status: 'in-use',
      };
    },
    writtenBytes: 4096,
    write: ({ id }) => scribble(path('source', 'disks', id)),
    digest: ({ id }) => digestOf(path('source', 'disks', id)),
    digestOfCopy: (copy) => digestOf(path('target', 'copies', copy.kind === 'volume' ? copy.volumeId : copy.imageId)),
    writeCopy: (copy) => scribble(path('target', 'copies', copy.kind === 'volume' ? copy.volumeId : copy.imageId)),
    async marked(side) {
      const found: Record<string, string> = {};
      for (const collection of COLLECTIONS)
        for (const name of await names(side, collection))
          found[`${collection} ${name}`] = PURPOSE.exec(name)?.[1] ?? '';
      return found;
    },
    usage: async (side) => ({
      'volume:snapshots': (await names(side, 'snapshots')).length,
      'volume:replicas': (await names(side, 'replicas')).length,
      'volume:volumes': (await names(side, 'copies')).length,
    }),
    loseSource: (lost) => {
      const away = `${folders.source}.lost`;
      return lost ? rename(folders.source, away) : rename(away, folders.source);
    },
    copyImage: () => Promise.reject(new Error('there are no images in a directory')),
    longestPauseMs: 20,
    patienceMs: 60_000,
  };
}

const factsOf = (site: string) => ({
  site,
  isAdmin: false,
  services: ['volume'],
  backup: false,
  sharedBackupStore: false,
});

const digestOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function scribble(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(randomBytes(4096), 0, 4096, 64 * 1024);
  await handle.close();
}
