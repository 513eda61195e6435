import { illegalState } from '@lifeboat/kernel';
import { configured, done, replicationDriver } from '@lifeboat/replication-driver-api';
import type { Capabilities, Disk, DriverDefinition, ReplicationDriver } from '@lifeboat/replication-driver-api';
import { failOver, WHY_PLANNED } from './fail-over.ts';
import { readReplicated } from './replicated-volume.ts';
import { assertTypeOf, CinderReplicationSettings, supportOf } from './settings.ts';

const CAN: Capabilities = {
  consistency: 'crash-per-disk',
  carries: 'bytes',
  incremental: true,
  unplanned: false,
  whyPlanned: WHY_PLANNED,
  rollback: 'none',
  rights: 'admin',
  leavesAtSource: [],
};

function refuse(disk: Disk, what: string): never {
  throw illegalState('driver-planned-only', `Volume "${disk.name}" (${disk.id}) cannot be ${what}: ${WHY_PLANNED}.`, {
    mend: 'Promote it by the tools of the storage at the recovery site and adopt it with "cinder manage", or carry it by another driver from now on.',
  });
}

/**
 * Volumes of types that the storage replicates by itself. Nothing is made for a point: it notes that the volume was replicated at that moment, and what stands at
 * the target is what the storage has brought there, later or earlier. So there are no copies, and nothing to go back to: the storage is failed over
 * at the commit.
 */
const cinderReplicationWith = (settings: CinderReplicationSettings | undefined): ReplicationDriver =>
  replicationDriver({
    name: 'cinder-replication',
    api: 1,
    summary: "Replication of the storage itself, failed over by the primary's Cinder; for planned moves.",
    can: CAN,
    supports: (disk, sites) => supportOf(settings, disk, sites),
    needs: (disk, verb) =>
      verb === 'replicate'
        ? { source: {}, target: {} }
        : { source: {}, target: { 'volume:volumes': 1, 'volume:gigabytes': disk.sizeGiB } },

    async snapshot({ disk }, _memo, io) {
      const requestedAt = io.now();
      await readReplicated(disk, io.source);
      return done({ requestedAt, completedAt: io.now(), snapshot: { volumeId: disk.id } });
    },
    /** How much the storage sent, and when, it does not tell. */
    async transfer({ disk }, _taken, _memo, io) {
      await readReplicated(disk, io.source);
      return done({ replica: { volumeId: disk.id, source: io.source.site }, bytes: 0 });
    },
    materialise: async ({ disk }) => refuse(disk, 'copied'),
    recipe: ({ disk }) => ({
      calls: [],
      gives: 'by hand',
      byHand: [
        `Promote the replica of volume "${disk.name}" (${disk.id}) by the tools of its storage.`,
        'Let Cinder adopt it: "cinder manage --id-type source-name HOST@BACKEND#POOL NAME". The id that it answers is the one to give.',
      ],
    }),
    release: async () => done(null),
    discard: async () => done(null),

    async lag({ disk }, _replica, io) {
      return readReplicated(disk, io.source).then(
        () => ({ healthy: true }),
        (thrown: Error) => ({ healthy: false, problem: thrown.message }),
      );
    },
    async promote(point, replica, copy, { planned }, _memo, io) {
      const { source } = replica as { readonly source: string };
      if (planned) return failOver(point, assertTypeOf(settings, point.disk, source), copy, io);
      return refuse(point.disk, 'promoted');
    },
  });

export const cinderReplication: DriverDefinition = configured(
  'cinder-replication',
  CinderReplicationSettings,
  cinderReplicationWith,
);
