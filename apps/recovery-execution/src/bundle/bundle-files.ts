import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { BundleManifest } from '@lifeboat/contracts';

export interface BundleFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** All others are read and written by their owner alone. */
  readonly executable?: true;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** By which a person tells one key from another: SHA-256 of its public half, DER. */
export const fingerprintOf = (privatePem: string): string =>
  sha256(createPublicKey(createPrivateKey(privatePem)).export({ type: 'spki', format: 'der' }));

/** The files with their manifest, its Ed25519 signature and the public key, in the order in which they are written: without the last one there is no bundle. Pure. */
export function signed(
  files: readonly BundleFile[],
  about: Omit<BundleManifest, 'format' | 'files'>,
  privatePem: string,
): readonly BundleFile[] {
  const hashes = Object.fromEntries(files.map(({ name, bytes }) => [name, sha256(bytes)]));
  const manifest: BundleManifest = { format: 1, ...about, files: hashes };
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const key = createPrivateKey(privatePem);
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  return [
    ...files,
    { name: 'manifest.pub', bytes: Buffer.from(publicPem) },
    { name: 'manifest.sig', bytes: sign(null, bytes, key) },
    { name: 'manifest.json', bytes },
  ];
}
