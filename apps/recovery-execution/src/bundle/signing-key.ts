import { illegalState } from '@lifeboat/kernel';
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The private key that bundles are signed by, PEM; made when there is none yet, for its owner alone, its public half beside it. */
export async function signingKey(path: string | undefined): Promise<string> {
  if (path === undefined)
    throw illegalState(
      'bundle-key-not-configured',
      'recovery-execution is not told where the key is that signs bundles.',
      {
        mend: 'Set LIFEBOAT_BUNDLE_KEY_FILE at recovery-execution; the key is made there at first use. Keep a copy of its public half elsewhere.',
      },
    );
  try {
    return (await read(path)) ?? (await make(path));
  } catch (thrown) {
    throw illegalState(
      'bundle-key-unusable',
      `The key ${path} that signs bundles cannot be used: ${(thrown as Error).message}`,
      {
        mend: 'Let recovery-execution read it, or write into its folder.',
      },
    );
  }
}

const read = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });

/** Whole or not at all, and once, whoever else is at it. */
async function make(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${randomUUID()}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(fresh, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true });
  await link(fresh, path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw thrown;
  });
  await rm(fresh);
  const standing = await readFile(path, 'utf8');
  await writeFile(`${path}.pub`, createPublicKey(standing).export({ type: 'spki', format: 'pem' }), { mode: 0o644 });
  return standing;
}
