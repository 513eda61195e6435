import { notFound } from '@lifeboat/kernel';
import { openFile, openRbd, rbdChanges } from '@lifeboat/replication-blocks';
import type { BlockDevice, Changes } from '@lifeboat/replication-blocks';
import { stat } from 'node:fs/promises';
import type { BlockStreamSettings, SiteSettings, VolumesSettings } from './settings.ts';

/** The bytes of a site's volumes of one type, as its worker gets at them. */
export interface Reach {
  openVolume(
    volumeId: string,
    options: { readonly writable: boolean; readonly signal?: AbortSignal },
  ): Promise<BlockDevice>;
  openSnapshot(of: SnapshotPlace, signal?: AbortSignal): Promise<BlockDevice>;
  /**
   * What a volume (or a snapshot of it), that is being opened, may hold that a snapshot of it does not; without that snapshot, what is not zero.
   * `undefined`: nobody knows.
   */
  changes(of: Changed): Promise<Changes | undefined>;
}

export interface Changed {
  readonly volumeId: string;
  readonly snapshotId?: string;
  readonly since: string | undefined;
  readonly device: Promise<BlockDevice>;
  readonly signal: AbortSignal;
}

export interface SnapshotPlace {
  readonly volumeId: string;
  readonly snapshotId: string;
}

export function volumesOf(site: SiteSettings | undefined, type: string | undefined): VolumesSettings | undefined {
  return (type === undefined ? undefined : site?.volumes[type]) ?? site?.volumes['*'];
}

/** Throws `not-found` `volumes-not-reached` when the drivers file says nothing of such volumes. */
export function reachOf(settings: BlockStreamSettings, site: string, type: string | undefined): Reach {
  const volumes = volumesOf(settings.sites[site], type);
  if (!volumes)
    throw notFound(
      'volumes-not-reached',
      `Nothing says how volumes of type "${type ?? 'default'}" of ${site} are reached.`,
      {
        mend: `Add drivers.block-stream.sites.${site}.volumes to the drivers file.`,
      },
    );
  return volumes.kind === 'rbd' ? rbdReach(volumes) : fileReach(volumes);
}

const filled = (template: string, id: string): string => template.replaceAll('%s', id);

function fileReach({ volume, snapshot }: Extract<VolumesSettings, { kind: 'file' }>): Reach {
  return {
    openVolume: (volumeId, { writable }) => openFile(filled(volume, volumeId), { writable }),
    openSnapshot: ({ snapshotId }) => openFile(filled(snapshot, snapshotId)),
    async changes({ volumeId, snapshotId, since }) {
      if (since !== undefined || snapshotId !== undefined) return undefined;
      // A file without a block of its own is all zero.
      return (await stat(filled(volume, volumeId))).blocks === 0 ? [] : undefined;
    },
  };
}

function rbdReach({ conf, user, keyring, pool, volume, snapshot }: Extract<VolumesSettings, { kind: 'rbd' }>): Reach {
  const cluster = { conf, user, ...(keyring !== undefined && { keyring }) };
  const at = (volumeId: string, snapshotId?: string) => ({
    cluster,
    pool,
    image: filled(volume, volumeId),
    ...(snapshotId !== undefined && { snapshot: filled(snapshot, snapshotId) }),
  });
  return {
    openVolume: (volumeId, options) => openRbd(at(volumeId), options),
    openSnapshot: ({ volumeId, snapshotId }, signal) =>
      openRbd(at(volumeId, snapshotId), { ...(signal && { signal }) }),
    changes({ volumeId, snapshotId, since, device, signal }) {
      const settings = { device, signal, ...(since !== undefined && { since: filled(snapshot, since) }) };
      return rbdChanges(at(volumeId, snapshotId), settings);
    },
  };
}
