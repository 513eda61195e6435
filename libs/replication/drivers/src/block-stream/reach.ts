import { bug, notFound } from '@lifeboat/kernel';
import {
  connectorOf,
  deviceOf,
  openDevice,
  openFile,
  openRbd,
  openWhenSeen,
  rbdChanges,
} from '@lifeboat/replication-blocks';
import type { AttachmentSettings, BlockDevice, Changes } from '@lifeboat/replication-blocks';
import { stat } from 'node:fs/promises';
import type { BlockStreamSettings, SiteSettings, VolumesSettings } from './settings.ts';

/** The bytes of a site's volumes of one type, as its worker gets at them. */
export interface Reach {
  openVolume(
    volumeId: string,
    options: {
      readonly writable: boolean;
      readonly signal?: AbortSignal;
      /** Cinder's `connection_info`, where it was attached for that. May hold a password. */
      readonly attachment?: Readonly<Record<string, unknown>> | undefined;
    },
  ): Promise<BlockDevice>;
  /** Absent where volumes have to be attached: Cinder attaches no snapshot, so a volume is made of it. */
  openSnapshot?(of: SnapshotPlace, signal?: AbortSignal): Promise<BlockDevice>;
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
  switch (volumes.kind) {
    case 'rbd':
      return rbdReach(volumes);
    case 'file':
      return fileReach(volumes);
    case 'attachment':
      return attachmentReach(volumes);
    case 'mover':
      return moverReach(volumes);
  }
}

/** Throws `bug` for what has to be attached. */
export function openSnapshot(reach: Reach, of: SnapshotPlace, signal?: AbortSignal): Promise<BlockDevice> {
  if (!reach.openSnapshot)
    throw bug('snapshot-not-staged', 'Cinder attaches no snapshot, and no volume was made of it.');
  return reach.openSnapshot(of, signal);
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
    openVolume: (volumeId, { writable, signal }) => openRbd(at(volumeId), { writable, ...(signal && { signal }) }),
    openSnapshot: ({ volumeId, snapshotId }, signal) =>
      openRbd(at(volumeId, snapshotId), { ...(signal && { signal }) }),
    changes({ volumeId, snapshotId, since, device, signal }) {
      const settings = { device, signal, ...(since !== undefined && { since: filled(snapshot, since) }) };
      return rbdChanges(at(volumeId, snapshotId), settings);
    },
  };
}

export const hostOf = ({ host, ip, initiator, ceph, nfsMounts }: AttachmentSettingsOf): AttachmentSettings => ({
  connector: connectorOf({ host, ip, ...(initiator !== undefined && { initiator }) }),
  ...(ceph && { ceph: { conf: ceph.conf, user: ceph.user, ...(ceph.keyring && { keyring: ceph.keyring }) } }),
  nfsMounts,
});

type AttachmentSettingsOf = Extract<VolumesSettings, { kind: 'attachment' }>;

/** Nobody lists what changed; and a volume of a back end that is not known may hold what it held before, so hashes decide from the first point on. */
const nobodyKnows = async (): Promise<undefined> => undefined;

const attachmentReach = (volumes: AttachmentSettingsOf): Reach => ({
  openVolume: async (_volumeId, { writable, signal, attachment }) =>
    openDevice(deviceOf(attachment, hostOf(volumes)), { writable, ...(signal && { signal }) }),
  changes: nobodyKnows,
});

const moverReach = ({
  devices,
  characters,
  seenWithinSeconds,
}: Extract<VolumesSettings, { kind: 'mover' }>): Reach => ({
  openVolume: (volumeId, { writable, signal }) =>
    openWhenSeen(filled(devices, volumeId.slice(0, characters)), {
      writable,
      signal,
      withinMs: 1_000 * seenWithinSeconds,
    }),
  changes: nobodyKnows,
});
