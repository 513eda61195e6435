import { illegalState } from '@lifeboat/kernel';
import { configured, done, inProgress, replicationDriver } from '@lifeboat/replication-driver-api';
import type {
  Capabilities,
  Disk,
  DriverDefinition,
  DriverIo,
  Lag,
  Outcome,
  PointOfDisk,
  Recipe,
  ReplicationDriver,
  SnapshotTaken,
  Transferred,
} from '@lifeboat/replication-driver-api';
import { z } from 'zod';
import { hasCaughtUp } from '../actions/answer.ts';
import { storedAs } from '../openstack/stored.ts';
import { failOver, WHY_PLANNED } from './fail-over.ts';
import { arrayLag, copyOfReplica, removeCopy } from './recovery-array.ts';
import type { AskableType } from './recovery-array.ts';
import { readReplicated } from './replicated-volume.ts';
import { allAskable, assertTypeOf, CinderReplicationSettings, supportOf, typeOf } from './settings.ts';

const AGAIN_MS = 2_000;

const EITHER = {
  consistency: 'crash-per-disk',
  carries: 'bytes',
  incremental: true,
  rights: 'admin',
  leavesAtSource: [],
} as const;
const BY_PRIMARY: Capabilities = { ...EITHER, unplanned: false, whyPlanned: WHY_PLANNED, rollback: 'none' };
const BY_ARRAY: Capabilities = { ...EITHER, unplanned: true, rollback: 'copies' };

function refuse(disk: Disk, what: string): never {
  throw illegalState('driver-planned-only', `Volume "${disk.name}" (${disk.id}) cannot be ${what}: ${WHY_PLANNED}.`, {
    mend: 'Give its volume type an "array" in the settings. Else promote it by the tools of the storage at the recovery site and adopt it with "cinder manage", or carry it by another driver from now on.',
  });
}

const known = storedAs('cinder-replication', z.object({ source: z.string().min(1) }));

/** The type of a disk of that site, if the storage at the recovery site can be asked about it. */
function askableOf(settings: CinderReplicationSettings | undefined, disk: Disk, site: string): AskableType | undefined {
  const type = typeOf(settings, disk, site);
  return type?.array && { ...type, array: type.array };
}

/** Complete when all that was written by then has arrived, where anybody can be asked. How much the storage sent it does not tell. */
async function arrived(
  type: AskableType | undefined,
  point: PointOfDisk,
  { requestedAt }: SnapshotTaken,
  io: DriverIo,
): Promise<Outcome<Transferred>> {
  const { disk } = point;
  await readReplicated(disk, io.source);
  if (type && !hasCaughtUp(await arrayLag(type, point, io), requestedAt, io.now(), `Volume "${disk.name}"`))
    return inProgress(null, AGAIN_MS);
  return done({ replica: { volumeId: disk.id, source: io.source.site }, bytes: 0 });
}

const lagByCinder = (disk: Disk, io: DriverIo): Promise<Lag> =>
  readReplicated(disk, io.source).then(
    () => ({ healthy: true }),
    (thrown: Error) => ({ healthy: false, problem: thrown.message }),
  );

const byHand = ({ name, id }: Disk): Recipe => ({
  calls: [],
  gives: 'by hand',
  byHand: [
    `Promote the replica of volume "${name}" (${id}) by the tools of its storage.`,
    'Let Cinder adopt it: "cinder manage --id-type source-name HOST@BACKEND#POOL NAME". The id that it answers is the one to give.',
  ],
});

/**
 * Volumes of types that the storage replicates by itself. Nothing is made for a point. Where the storage at the recovery site can be asked, a point is complete
 * when that has all that was written by then, and copies are its own copies, so that nothing hangs on the primary. Where it cannot, a point but notes
 * that the volume was replicated at that moment, there are no copies, and nothing to go back to: the storage is failed over at the commit.
 */
const cinderReplicationWith = (settings: CinderReplicationSettings | undefined): ReplicationDriver =>
  replicationDriver({
    name: 'cinder-replication',
    api: 1,
    summary:
      "Replication of the storage itself: copies by the storage at the recovery site where it can be asked, else failed over by the primary's Cinder, for planned moves.",
    can: allAskable(settings) ? BY_ARRAY : BY_PRIMARY,
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
    transfer: (point, taken, _memo, io) => arrived(askableOf(settings, point.disk, io.source.site), point, taken, io),
    async materialise(point, replica, copy, memo, io) {
      const type = askableOf(settings, point.disk, known(replica).source);
      return type ? copyOfReplica(type, point, copy, memo, io) : refuse(point.disk, 'copied');
    },
    recipe: ({ disk }) => byHand(disk),
    whereabouts: () => ({ notAdoptable: 'whether the storage still has the replica only its own tools can tell' }),
    async release(point, copy, _memo, io) {
      const type = askableOf(settings, point.disk, io.source.site);
      return type ? removeCopy(type, point, copy, io) : done(null);
    },
    discard: async () => done(null),

    lag(point, _replica, io) {
      const type = askableOf(settings, point.disk, io.source.site);
      return type ? arrayLag(type, point, io) : lagByCinder(point.disk, io);
    },
    async promote(point, replica, copy, { planned }, _memo, io) {
      const { source } = known(replica);
      if (planned) return failOver(point, assertTypeOf(settings, point.disk, source), copy, io);
      return refuse(point.disk, 'promoted');
    },
  });

export const cinderReplication: DriverDefinition = configured(
  'cinder-replication',
  CinderReplicationSettings,
  cinderReplicationWith,
);
