import type { DriverIo } from '@lifeboat/replication-driver-api';
import type { Volume } from '../openstack/volumes.ts';
import { hold } from './attach.ts';
import type { Reader } from './attach.ts';
import { volumesOf } from './reach.ts';
import { readerOf } from './readers.ts';
import type { BlockStreamSettings } from './settings.ts';
import { dropStaged, stage, STAGING } from './staged.ts';
import type { AttachedEnds, ToStream } from './stream.ts';
import { beginWriting, transferOf } from './written.ts';

/** To whom volumes of a type of a site are attached; to nobody where they are reached otherwise. */
export const readerAt = (settings: BlockStreamSettings, site: string, type: string | undefined): Reader | undefined =>
  readerOf(volumesOf(settings.sites[site], type));

/** Of what stands for disks. */
export const replicaReader = (settings: BlockStreamSettings, site: string): Reader | undefined =>
  readerAt(settings, site, settings.sites[site]?.replicaType);

/** One step towards both ends in the hands of who opens them. `ends` once they are; at once where nothing has to be attached. */
export async function attachEnds(
  settings: BlockStreamSettings,
  of: ToStream,
  replica: Volume,
  stagedId: string | undefined,
  io: DriverIo,
): Promise<{ readonly stagedId?: string; readonly ends?: AttachedEnds }> {
  const { source, target } = io;
  const reader = readerAt(settings, source.site, of.point.disk.volumeType);
  const origin = { snapshot_id: of.snapshotId };
  const staged = reader && (await stage({ mark: io.mark(STAGING), origin, reader, stagedId }, source));
  const writer = replicaReader(settings, target.site);
  const begun = writer && (await beginWriting(replica, transferOf(of.point), target));
  const held = begun ? await hold(writer, replica, target) : undefined;
  const memo = staged ? { stagedId: staged.stagedId } : {};
  if ((staged && !staged.attached) || (writer && !held)) return memo;
  return {
    ...memo,
    ends: {
      ...(staged && { source: { volumeId: staged.stagedId, ...staged.attached } }),
      ...(held && { target: held }),
    },
  };
}

/** What stood in for the point's snapshot goes as soon as its bytes are sent. `true` when it is gone. */
export const dropSource = async (
  settings: BlockStreamSettings,
  type: string | undefined,
  stagedId: string | undefined,
  io: DriverIo,
): Promise<boolean> =>
  readerAt(settings, io.source.site, type) === undefined || dropStaged(io.mark(STAGING), io.source, stagedId);
