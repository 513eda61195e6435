import type { Json } from '@lifeboat/kernel';
import { notFound } from '@lifeboat/kernel';
import { ALGORITHM, forgetTree } from '@lifeboat/replication-blocks';
import { configured, done, inProgress, replicationDriver } from '@lifeboat/replication-driver-api';
import type {
  Disk,
  DriverIo,
  Outcome,
  PointOfDisk,
  ReplicationDriver,
  SitePair,
  SnapshotTaken,
  Support,
  Transferred,
} from '@lifeboat/replication-driver-api';
import { join } from 'node:path';
import { copyFrom } from '../openstack/copies.ts';
import { copyRecipe } from '../openstack/recipes.ts';
import { found } from '../openstack/remembered.ts';
import { idIn } from '../openstack/stored.ts';
import { findSnapshots, readSnapshot, removeSnapshots, takeSnapshot } from '../openstack/snapshots.ts';
import { missing, no, volumeQuotas, volumeSupport } from '../openstack/support.ts';
import { findVolumes, removeVolumes } from '../openstack/volumes.ts';
import type { Volume } from '../openstack/volumes.ts';
import { letGo, letGoOfOurs } from './attach.ts';
import { attachEnds, dropSource, readerAt, replicaReader } from './ends.ts';
import { forgetKey, keyId, keyOfDisk } from './key.ts';
import {
  factsOf,
  giveUpSnapshot,
  makePointSnapshot,
  removeOrRetire,
  retireReplica,
  sweepRetired,
} from './point-snapshot.ts';
import { volumesOf } from './reach.ts';
import { serveBlocks } from './receive.ts';
import { AGAIN_MS, asJson, asReplica, baseOf, isSeed, replicaVolume, whereaboutsOf } from './replica.ts';
import type { Replica } from './replica.ts';
import { reverseBySeed } from './reverse.ts';
import { BlockStreamSettings } from './settings.ts';
import { dropStaged, MADE_OF, STAGING, VERIFYING } from './staged.ts';
import { streamSlice, treeOf } from './stream.ts';
import type { ToStream } from './stream.ts';
import { verifyPoint } from './verify-point.ts';
import { isWrittenFor, noteWritten, transferOf, writtenBy } from './written.ts';

/** Bytes sent so far, and the volumes that were made; all else is read from the clouds and the trees. */
type Memo = { readonly bytes?: number; readonly volumeId?: string; readonly stagedId?: string };

/**
 * Cinder snapshot → what changed → the replica volume, of which a Cinder snapshot is the point. Only blocks that differ travel, between the workers of the
 * sites or, where one worker serves both, within it. The newest point's snapshot stays at the source: the next is compared with it.
 */
function driverOf(settings: BlockStreamSettings | undefined): ReplicationDriver {
  const known = (): BlockStreamSettings => {
    if (settings) return settings;
    throw notFound('driver-not-configured', 'Nothing says how block-stream reaches volumes.', {
      mend: 'Add drivers.block-stream to the file that LIFEBOAT_DRIVERS_FILE names.',
    });
  };
  return replicationDriver({
    name: 'block-stream',
    api: 1,
    summary: 'Blocks that changed since the last point, compressed, from storage to storage.',
    can: {
      consistency: 'crash-per-disk',
      carries: 'bytes',
      incremental: true,
      unplanned: true,
      rollback: 'copies',
      reverses: 'copies',
      rights: 'member',
      leavesAtSource: ['snapshot'],
    },
    supports: (disk, sites) => supportOf(settings, disk, sites),
    needs: (disk, verb, first) => {
      const copy = volumeQuotas(disk, { volumes: 1, snapshots: 0, gigabytes: disk.sizeGiB });
      const snapshot = volumeQuotas(disk, { volumes: 0, snapshots: 1, gigabytes: disk.sizeGiB });
      const staged = volumeQuotas(disk, { volumes: 1, snapshots: 1, gigabytes: 2 * disk.sizeGiB });
      if (verb === 'materialise') return { source: {}, target: copy };
      const replica = volumeQuotas(disk, { volumes: 1, snapshots: 1, gigabytes: 2 * disk.sizeGiB });
      return { source: mayStage(settings, disk) ? staged : snapshot, target: first ? replica : snapshot };
    },
    snapshot: takeSnapshot,
    transfer: (point, taken, memo, io) => transfer(known(), point, taken, memo, io),
    materialise: (point, replica, copy, memo, io) =>
      copyFrom({ snapshot_id: asReplica(replica).snapshotId }, point, copy, memo, io),
    recipe: (point, replica, copy, mark) =>
      copyRecipe({ snapshot_id: asReplica(replica).snapshotId }, point, copy, mark),
    whereabouts: (_disk, replica) => whereaboutsOf(asReplica(replica)),
    release: (_point, _copy, _memo, io) => release(io),
    discard: (point, _replica, options, _memo, io) => discard(settings, point, options, io),
    reverse: (point, _replica, serving, memo, io) => reverseBySeed(known(), point, serving, memo, io),
    verify: (point, transferred, what, memo, io) => verifyPoint(known(), { point, transferred, what }, memo, io),
  });
}

export const blockStream = configured('block-stream', BlockStreamSettings, driverOf, serveBlocks);

function supportOf(settings: BlockStreamSettings | undefined, disk: Disk, sites: SitePair): Support {
  const carried = volumeSupport(disk);
  if (!carried.ok) return carried;
  const lacking = missing('volume', sites);
  if (lacking) return lacking;
  if (!settings) return no('the drivers file has no section "block-stream" that says how volumes are reached');
  const { source, target } = sites;
  if (!volumesOf(settings.sites[source.site], disk.volumeType))
    return no(
      `the drivers file does not say how volumes of type "${disk.volumeType ?? 'default'}" of ${source.site} are reached`,
    );
  const type = settings.sites[target.site]?.replicaType;
  return volumesOf(settings.sites[target.site], type)
    ? carried
    : no(`the drivers file does not say how volumes of type "${type ?? 'default'}" of ${target.site} are reached`);
}

/** Which of the sites is the source is not known yet. */
const mayStage = (settings: BlockStreamSettings | undefined, { volumeType }: Disk): boolean =>
  Object.keys(settings?.sites ?? {}).some((site) => settings && readerAt(settings, site, volumeType));

async function transfer(
  settings: BlockStreamSettings,
  point: PointOfDisk,
  taken: SnapshotTaken,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Transferred>> {
  const memo = (before ?? {}) as Memo;
  const snapshotId = idIn('block-stream', taken.snapshot, 'snapshotId');
  const base = baseOf(point);
  const { folder, name } = treeOf(settings, io.source.site, point);
  const key = await keyOfDisk(folder, name, base?.key);
  const snapshot = await found(readSnapshot(io.source, snapshotId));
  const type = settings.sites[io.target.site]?.replicaType;
  const sizeGiB = snapshot?.size ?? point.disk.sizeGiB;
  const attached = replicaReader(settings, io.target.site) !== undefined;
  const volume = await replicaVolume(point, { sizeGiB, type, volumeId: memo.volumeId, attached }, io);
  if (!('id' in volume))
    return volume.status === 'in-progress' ? { ...volume, memo: { ...memo, ...(volume.memo as Memo) } } : volume;
  const [made, ...doubles] = await findSnapshots(io.target, volume.id, io.mark('point'));
  const again = (progress: number) => inProgress({ ...memo, volumeId: volume.id }, AGAIN_MS, progress);
  if (made?.status.startsWith('error')) return giveUpSnapshot(io.target, made);
  if (made && made.status !== 'available') return again(0.95);
  const facts = made && factsOf(made);
  if (!made) {
    const whole = base === undefined && isSeed(volume) ? { ...point, thorough: true } : point;
    return towardsPoint(settings, { point: whole, snapshotId, volumeId: volume.id, base, key }, volume, memo, io);
  }
  if (!(await dropSource(settings, point.disk.volumeType, memo.stagedId, io))) return again(0.96);
  if (facts?.keyId !== keyId(key)) {
    // Made with a key that is lost: what it held cannot be told again, so it is made again.
    await removeOrRetire(io.target, [made, ...doubles]);
    return again(0.9);
  }
  if (doubles.length > 0 && !(await removeOrRetire(io.target, doubles))) return again(0.97);
  if (base && base.sourceSnapshotId !== snapshotId && !(await removeBase(point, base, io))) return again(0.98);
  const { root } = facts;
  const replica = { volumeId: volume.id, snapshotId: made.id, sourceSnapshotId: snapshotId, root };
  return done({ replica: asJson({ ...replica, algorithm: ALGORITHM, key }), bytes: facts.bytes, root });
}

/** A slice of the bytes more, or behind the last of them the snapshot that is the point: of a replica that nobody has attached. */
async function towardsPoint(
  settings: BlockStreamSettings,
  of: ToStream,
  volume: Volume,
  memo: Memo,
  io: DriverIo,
): Promise<Outcome<never>> {
  const written = writtenBy(volume, transferOf(of.point));
  if (written?.keyId !== keyId(of.key)) return streamOn(settings, of, volume, memo, io);
  await dropSource(settings, of.point.disk.volumeType, memo.stagedId, io);
  if (await letGo(volume, io.target)) await makePointSnapshot(volume.id, of.point.pointId, written, io);
  return inProgress({ ...memo, volumeId: volume.id }, AGAIN_MS, 0.92);
}

async function streamOn(
  settings: BlockStreamSettings,
  of: ToStream,
  volume: Volume,
  { bytes: before = 0, stagedId }: Memo,
  io: DriverIo,
): Promise<Outcome<never>> {
  const { ends, ...staged } = await attachEnds(settings, of, volume, stagedId, io);
  if (!ends) return inProgress({ bytes: before, volumeId: volume.id, ...staged }, AGAIN_MS, 0.05);
  const sent = await streamSlice(settings, of, ends, io);
  const bytes = before + sent.bytes;
  const memo: Memo = { bytes, volumeId: volume.id, ...staged };
  if (sent.root === undefined) return inProgress({ ...memo }, 0, 0.9 * (sent.position / (volume.size * 1024 ** 3)));
  const facts = { root: sent.root, bytes, keyId: keyId(of.key) };
  if (!ends.target) await makePointSnapshot(volume.id, of.point.pointId, facts, io);
  else await noteWritten(volume, transferOf(of.point), facts, io.target);
  return inProgress({ ...memo }, ends.target ? 0 : AGAIN_MS, 0.92);
}

/** The next point is compared with this one. */
async function removeBase(
  { disk }: PointOfDisk,
  { sourceSnapshotId }: Replica,
  { source }: DriverIo,
): Promise<boolean> {
  const snapshot = await found(readSnapshot(source, sourceSnapshotId));
  if (!snapshot || snapshot.volume_id !== disk.id) return true;
  if (snapshot.status === 'available' || snapshot.status.startsWith('error'))
    await source.volume.delete(`/snapshots/${sourceSnapshotId}`);
  return false;
}

async function release(io: DriverIo): Promise<Outcome<null>> {
  const copies = await findVolumes(io.target, io.mark('copy'));
  // What a verification of a copy that was cut off has left.
  for (const { id } of copies)
    if (!(await dropStaged({ [MADE_OF]: id, lifeboat_purpose: VERIFYING }, io.target)))
      return inProgress(null, AGAIN_MS);
  if (!(await removeVolumes(io.target, copies))) return inProgress(null, AGAIN_MS);
  return (await sweepRetired(io)) ? done(null) : inProgress(null, AGAIN_MS);
}

async function discard(
  settings: BlockStreamSettings | undefined,
  point: PointOfDisk,
  { sourceLost, last }: { readonly sourceLost: boolean; readonly last: boolean },
  io: DriverIo,
): Promise<Outcome<null>> {
  if (!(await dropStaged(io.mark(VERIFYING), io.target))) return inProgress(null, AGAIN_MS);
  const volumes = await findVolumes(io.target, io.markOfDisk('replica'));
  for (const volume of volumes)
    if ((last || isWrittenFor(volume, point)) && !(await letGoOfOurs(volume, io.target)))
      return inProgress(null, AGAIN_MS);
  for (const { id } of volumes)
    if (!(await removeOrRetire(io.target, await findSnapshots(io.target, id, io.mark('point')))))
      return inProgress(null, AGAIN_MS);
  if (last) await retireReplica(io);
  if (!(await sweepRetired(io))) return inProgress(null, AGAIN_MS);
  if (last && settings)
    await forget(
      settings,
      point,
      volumes.map(({ id }) => id),
      io,
    );
  if (sourceLost) return done(null);
  for (const purpose of [STAGING, VERIFYING])
    if (!(await dropStaged(io.mark(purpose), io.source))) return inProgress(null, AGAIN_MS);
  const clean = await removeSnapshots(io.source, point.disk.id, io.mark('snapshot'));
  return clean ? done(null) : inProgress(null, AGAIN_MS);
}

/** What this worker remembers; what another remembers is of no use to it, and small. */
async function forget(
  settings: BlockStreamSettings,
  point: PointOfDisk,
  volumeIds: readonly string[],
  { source, target }: DriverIo,
): Promise<void> {
  const { folder, name } = treeOf(settings, source.site, point);
  await forgetTree(folder, name);
  await forgetKey(folder, name);
  for (const id of volumeIds) await forgetTree(join(settings.folder, target.site, 'replicas'), id);
}
