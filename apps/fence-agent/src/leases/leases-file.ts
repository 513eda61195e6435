import { invalidInput } from '@lifeboat/kernel';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Lease } from './lease.ts';

const Written = z.object({ boot: z.string(), leases: z.array(Lease) });
export type Written = z.infer<typeof Written>;

const NEXT = '.next';

/** `undefined` where there is none yet. Throws `invalid-input` `leases-file-malformed`: what it was to hold is not guessed. */
export async function readLeases(path: string): Promise<Written | undefined> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (text === undefined) return undefined;
  try {
    return Written.parse(JSON.parse(text));
  } catch (cause) {
    throw invalidInput('leases-file-malformed', `${path} is no file of leases.`, {
      mend: 'Somebody has written to it. Look which groups are failed over, stop what must not serve, and remove the file.',
      cause,
    });
  }
}

/** All or nothing, and on the disk when it resolves; for its owner alone. */
export async function writeLeases(path: string, written: Written): Promise<void> {
  const next = `${path}${NEXT}`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(JSON.stringify(written));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}
