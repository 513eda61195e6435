import { forbidden } from '@lifeboat/kernel';
import { listenTls, serveSession } from '@lifeboat/replication-blocks';
import type { BlockDevice, Granted, Opening } from '@lifeboat/replication-blocks';
import type { ServeHost } from '@lifeboat/replication-driver-api';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { reachOf } from './reach.ts';
import type { BlockStreamSettings } from './settings.ts';

/** Sessions that go on in this process, by replica: a newer one ends the older, whose sender is thought dead. */
const going = new Map<string, { readonly stop: AbortController; readonly ended: Promise<unknown> }>();

/** Serves one session for replicas of a site. Rejects when it ended badly. */
export async function receiveOne(
  settings: BlockStreamSettings,
  site: string,
  stream: Duplex,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const session = AbortSignal.any([signal, stop.signal]);
  let volume: string | undefined;
  try {
    await serveSession(stream, {
      folder: join(settings.folder, site, 'replicas'),
      signal: session,
      async grant(opening) {
        ({ volume } = opening);
        const before = going.get(opening.volume);
        going.set(opening.volume, { stop, ended });
        before?.stop.abort();
        await before?.ended;
        return grant(settings, site, opening, session);
      },
    });
  } finally {
    // A list of changes that was not read to its end.
    stop.abort();
    if (volume !== undefined && going.get(volume)?.stop === stop) going.delete(volume);
    resolve();
  }
}

/** Which volumes there are is for the certificate and the storage's own rights; the name of one can be nothing else. */
async function grant(
  settings: BlockStreamSettings,
  site: string,
  { volume, volumeType, since, base, attachment }: Opening,
  signal: AbortSignal,
): Promise<Granted> {
  if (!/^[0-9a-f-]{36}$/.test(volume))
    throw forbidden('replica-not-granted', `"${volume}" is no id of a volume; nothing is written.`);
  const reach = reachOf(settings, site, volumeType);
  // A point of which the snapshot is not known says nothing about what was written since.
  const known = base === undefined || since !== undefined;
  const opening = reach.openVolume(volume, { writable: true, signal, attachment });
  const asking = known ? reach.changes({ volumeId: volume, since, device: opening, signal }) : undefined;
  const [device, dirty] = await bothOf(opening, asking);
  return { device, ...(dirty && { dirty }) };
}

/** Nothing stays open where either fails. */
async function bothOf<T>(opening: Promise<BlockDevice>, asking: Promise<T> | undefined) {
  const [opened, asked] = await Promise.allSettled([opening, asking]);
  if (opened.status === 'rejected') throw opened.reason;
  if (asked.status === 'fulfilled') return [opened.value, asked.value] as const;
  await opened.value.close();
  throw asked.reason;
}

/** Listens for the workers of other sites. */
export async function serveBlocks(settings: BlockStreamSettings, host: ServeHost): Promise<void> {
  const receive = settings.sites[host.site]?.receive;
  if (!receive) return;
  const { listen, port, tls, workers } = receive;
  await listenTls({
    host: listen,
    port,
    tls,
    workers,
    signal: host.signal,
    serve: (stream) => receiveOne(settings, host.site, stream, host.signal),
    problem: (what, thrown) => host.problem(what, thrown),
  });
}
