import { configured, replicationDriver } from '@lifeboat/replication-driver-api';
import type { DriverDefinition, ReplicationDriver } from '@lifeboat/replication-driver-api';
import { volumeQuotas } from '../openstack/support.ts';
import { adoptByHand } from './by-hand.ts';
import { copyPoint, releaseCopy } from './copy.ts';
import { forgetPoint } from './forget.ts';
import { lagOf } from './lag.ts';
import { promoteReplica } from './promote.ts';
import { reverseMirroring } from './reverse.ts';
import { RbdMirrorSettings, supportOf } from './settings.ts';
import { takePoint } from './take-point.ts';
import { travel } from './travel.ts';

/**
 * Two Ceph clusters whose rbd-mirror mirrors Cinder's pool by snapshots. A point is a Cinder snapshot that a mirror snapshot brings across; a copy is a clone of
 * it, adopted by the target's Cinder, so mirroring goes on whatever is done with copies. The bytes go from cluster to cluster, none through Lifeboat.
 */
const rbdMirrorWith = (settings: RbdMirrorSettings | undefined): ReplicationDriver =>
  replicationDriver({
    name: 'rbd-mirror',
    api: 1,
    summary: 'Snapshot-based mirroring between two Ceph clusters, image by image.',
    can: {
      consistency: 'crash-per-disk',
      carries: 'bytes',
      incremental: true,
      unplanned: true,
      rollback: 'copies',
      rights: 'admin',
      leavesAtSource: ['snapshot', 'mirroring'],
    },

    supports: (disk, sites) => supportOf(settings, disk, sites),
    // An image that rbd-mirror writes is no volume of the target's Cinder, and counts against no quota of it.
    needs: (disk, verb) =>
      verb === 'replicate'
        ? { source: volumeQuotas(disk, { volumes: 0, snapshots: 1, gigabytes: disk.sizeGiB }), target: {} }
        : { source: {}, target: volumeQuotas(disk, { volumes: 1, snapshots: 0, gigabytes: disk.sizeGiB }) },

    snapshot: (point, memo, io) => takePoint(settings, point, memo, io),
    transfer: (point, taken, memo, io) => travel(settings, point, taken, memo, io),
    materialise: (point, replica, copy, memo, io) => copyPoint(settings, point, replica, copy, memo, io),
    recipe: (point, replica, copy) => adoptByHand(settings, point, replica, copy),
    whereabouts: () => ({
      notAdoptable: 'its replicas are images of the Ceph cluster, which no list of OpenStack shows',
    }),
    release: (point, _copy, _memo, io) => releaseCopy(settings, point, io),
    discard: (point, replica, options, _memo, io) => forgetPoint(settings, point, replica, options, io),
    lag: (point, replica, io) => lagOf(settings, point, replica, io),
    promote: (point, replica, copy, options, _memo, io) => promoteReplica(settings, point, replica, copy, options, io),
    reverse: (point, replica, _serving, memo, io) => reverseMirroring(settings, point, replica, memo, io),
  });

export const rbdMirror: DriverDefinition = configured('rbd-mirror', RbdMirrorSettings, rbdMirrorWith);
