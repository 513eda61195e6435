import { openFile, send, serveSession, streamPair } from '@lifeboat/replication-blocks';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Carried, ToCarry } from './carry.ts';

/**
 * Both ends of the hash path in one process, as a worker that serves both sites has them, over a stream in memory. Told of a pass by a message, it answers
 * what that took: processor time of all its threads from the opening of the devices to the root that both ends agree on.
 */
async function carry({ source, target, folder, key, transfer, base }: ToCarry): Promise<Carried> {
  const before = process.cpuUsage();
  const [sender, receiver] = streamPair();
  const { signal } = new AbortController();
  const serving = serveSession(receiver, {
    folder: join(folder, 'target'),
    grant: async () => ({
      device: await openFile(target, { writable: true }),
      ...(base === undefined && { dirty: [] }),
    }),
    signal,
  });
  await using device = await openFile(source);
  const { root, bytes, received } = await send({
    device,
    stream: sender,
    opening: {
      volume: 'replica',
      transfer,
      key: Buffer.from(key, 'base64'),
      thorough: false,
      ...(base !== undefined && { base }),
    },
    folder: join(folder, 'source'),
    name: 'disk',
    pace: async () => undefined,
    moved: () => undefined,
    signal,
    sliceMs: Infinity,
  });
  await serving;
  const { user, system } = process.cpuUsage(before);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  return { root: root ?? '', bytes: bytes + received, cpuSeconds: (user + system) / 1e6, peakMiB };
}

for (;;) {
  const [toCarry] = (await once(process, 'message')) as [ToCarry];
  process.send?.(await carry(toCarry));
}
