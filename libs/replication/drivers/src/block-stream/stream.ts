import { invalidInput } from '@lifeboat/kernel';
import { connectTls, send, streamPair } from '@lifeboat/replication-blocks';
import type { Sent } from '@lifeboat/replication-blocks';
import type { DriverIo, PointOfDisk } from '@lifeboat/replication-driver-api';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Attached } from './attach.ts';
import { openSnapshot, reachOf } from './reach.ts';
import { receiveOne } from './receive.ts';
import type { Replica } from './replica.ts';
import type { BlockStreamSettings } from './settings.ts';
import { transferOf } from './written.ts';

/** A worker that dies in between loses no more than so much of its work. */
const SLICE_MS = 20_000;

export interface ToStream {
  readonly point: PointOfDisk;
  readonly snapshotId: string;
  readonly volumeId: string;
  readonly base: Replica | undefined;
  readonly key: string;
}

/** What had to be attached for a slice: a volume made of the snapshot, the replica. */
export interface AttachedEnds {
  readonly source?: { readonly volumeId: string } & Attached;
  readonly target?: Attached;
}

/** The files in which this worker remembers a disk. */
export const treeOf = (settings: BlockStreamSettings, site: string, { groupId, disk }: PointOfDisk) => ({
  folder: join(settings.folder, site, 'disks'),
  name: `${groupId}.${disk.id}`.replaceAll(/[^\w.-]/g, '_'),
});

/** One slice of the transfer of a point into its replica. */
export async function streamSlice(
  settings: BlockStreamSettings,
  of: ToStream,
  ends: AttachedEnds,
  io: DriverIo,
): Promise<Sent> {
  const { point, snapshotId, volumeId, base, key } = of;
  const reach = reachOf(settings, io.source.site, point.disk.volumeType);
  const place = { volumeId: point.disk.id, snapshotId };
  const end = new AbortController();
  const signal = AbortSignal.any([io.signal, end.signal]);
  const { source, target } = ends;
  const opening = source
    ? reach.openVolume(source.volumeId, { writable: false, signal, attachment: source.attachment })
    : openSnapshot(reach, place, signal);
  const changes = point.thorough
    ? undefined
    : reach.changes({ ...place, since: base?.sourceSnapshotId, device: opening, signal });
  // Awaited by the sender, unless it comes to nothing before.
  changes?.catch(() => undefined);
  const type = settings.sites[io.target.site]?.replicaType;
  let going: Going | undefined;
  try {
    await using device = await opening;
    going = await openStream(settings, io, signal);
    return await send({
      device,
      ...(changes && { changes }),
      stream: going.stream,
      opening: {
        volume: volumeId,
        transfer: transferOf(point),
        key: Buffer.from(key, 'base64'),
        thorough: point.thorough ?? false,
        ...(type !== undefined && { volumeType: type }),
        ...(base && { base: base.root, since: base.snapshotId }),
        ...(target?.attachment && { attachment: target.attachment }),
      },
      ...treeOf(settings, io.source.site, point),
      pace: (bytes) => io.pace(bytes),
      moved: (bytes) => io.moved(bytes),
      signal: io.signal,
      sliceMs: SLICE_MS,
    });
  } finally {
    going?.stream.destroy();
    end.abort();
    await going?.ended;
  }
}

/** `ended`: what this process opened at the other end is closed. */
interface Going {
  readonly stream: Duplex;
  readonly ended?: Promise<void>;
}

/** To the worker of the target; where it listens for none, this process is that worker too. */
async function openStream(settings: BlockStreamSettings, io: DriverIo, signal: AbortSignal): Promise<Going> {
  const receive = settings.sites[io.target.site]?.receive;
  if (receive) {
    const tls = settings.sites[io.source.site]?.tls;
    if (!tls)
      throw invalidInput(
        'tls-missing',
        `The worker of ${io.source.site} has no certificate to show to ${io.target.site}.`,
        {
          mend: `Name ca, cert and key under drivers.block-stream.sites.${io.source.site}.tls.`,
        },
      );
    return { stream: await connectTls({ host: receive.host, port: receive.port, tls, signal }) };
  }
  const [ours, theirs] = streamPair();
  // Its sender is told what went wrong with it.
  const ended = receiveOne(settings, io.target.site, theirs, signal).catch(() => undefined);
  return { stream: ours, ended };
}
