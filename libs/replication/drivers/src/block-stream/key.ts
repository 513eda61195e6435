import { newHashKey } from '@lifeboat/replication-blocks';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const KEY_BYTES = 32;

/** The key of a disk's hashes: that of its earlier points, else what this worker remembers, else a new one. Base64. */
export async function keyOfDisk(folder: string, name: string, base: string | undefined): Promise<string> {
  if (base !== undefined) return base;
  const file = fileOf(folder, name);
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (Buffer.from(kept, 'base64').length === KEY_BYTES) return kept;
  const key = newHashKey().toString('base64');
  await mkdir(folder, { recursive: true });
  await writeFile(file, key, { mode: 0o600 });
  return key;
}

export const forgetKey = (folder: string, name: string): Promise<void> => rm(fileOf(folder, name), { force: true });

/** Tells keys apart without telling them. */
export const keyId = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

const fileOf = (folder: string, name: string): string => join(folder, `${name}.key`);
