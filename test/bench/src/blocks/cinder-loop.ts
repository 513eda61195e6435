import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';

const CHUNK = 32 * 1024;
const READ = 52_428_800;

/**
 * The loop of cinder-backup's chunked drivers, emulated: SHA-256 of every 32 KiB, runs of chunks that differ from the last backup's packed by zlib. Answers the
 * digests and the bytes that would be stored.
 */
export async function cinderLoop(
  path: string,
  before: readonly string[],
): Promise<{ readonly digests: readonly string[]; readonly bytes: number }> {
  await using file = await open(path, 'r');
  const digests: string[] = [];
  let bytes = 0;
  const buffer = Buffer.allocUnsafe(READ - (READ % CHUNK));
  for (let at = 0; ; at += buffer.length) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return { digests, bytes };
    for (let from = 0; from < bytesRead; from += CHUNK) {
      const chunk = buffer.subarray(from, Math.min(from + CHUNK, bytesRead));
      const digest = createHash('sha256').update(chunk).digest('hex');
      if (before[digests.length] !== digest) bytes += deflateSync(chunk).length;
      digests.push(digest);
    }
  }
}
