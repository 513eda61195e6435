import { external } from '@lifeboat/kernel';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.ts';

const MAKING = '.making-';

const unlessThere = (thrown: NodeJS.ErrnoException): void => {
  if (thrown.code !== 'EEXIST') throw thrown;
};

const orThrow = async <T>(work: Promise<T>, to: string, how: 'read' | 'written to', code: string): Promise<T> =>
  work.catch((thrown: NodeJS.ErrnoException) => {
    throw external(code, `${to} cannot be ${how} by recovery-execution: ${thrown.message}`, {
      mend: `Let its user ${how === 'read' ? 'read' : 'write'} there, or name another place.`,
      cause: thrown,
    });
  });

const entriesIn = (folder: string): Promise<readonly Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw thrown;
  });

/** Of this host; for its owner alone. */
export function directoryPlace(to: string): Place {
  const orSay = <T>(work: Promise<T>): Promise<T> => orThrow(work, to, 'written to', 'bundle-place-not-writable');
  const orUnreadable = <T>(work: Promise<T>): Promise<T> => orThrow(work, to, 'read', 'bundle-place-not-readable');
  const entries = async (group: string): Promise<readonly string[]> =>
    (await entriesIn(join(to, group))).map(({ name }) => name);
  return {
    write: (group, name, files) =>
      orSay(
        (async () => {
          const folder = join(to, group);
          // No deeper: a mount that is missing is not to be made up for.
          for (const each of [to, folder]) await mkdir(each, { mode: 0o700 }).catch(unlessThere);
          // What was cut off earlier is nobody's.
          for (const left of await entries(group))
            if (left.startsWith(MAKING)) await rm(join(folder, left), { recursive: true });
          const making = join(folder, `${MAKING}${name}`);
          await mkdir(making, { mode: 0o700 });
          for (const { name: file, bytes, executable } of files)
            await writeFile(join(making, file), bytes, { mode: executable ? 0o700 : 0o600, flush: true });
          await rename(making, join(folder, name));
        })(),
      ),
    names: (group) => orSay(entries(group)),
    groups: async () =>
      (await orUnreadable(readdir(to, { withFileTypes: true })))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name),
    read: (group, name) =>
      orUnreadable(
        (async () => {
          const folder = join(to, group, name);
          const files = (await entriesIn(folder)).filter((entry) => entry.isFile());
          const read = files.map(async ({ name: file }) => [file, await readFile(join(folder, file))] as const);
          return new Map(await Promise.all(read));
        })(),
      ),
    remove: (group, name) => orSay(rm(join(to, group, name), { recursive: true, force: true })),
  };
}
