import type { Json } from '@lifeboat/kernel';
import { notFound } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, PointOfDisk, SnapshotTaken, Transferred } from '@lifeboat/replication-driver-api';
import { CephImage } from './ceph-image.ts';
import { carrierOf, hasArrived, isMirrored, standstill } from './mirror-state.ts';
import { ensureMirrored } from './mirroring.ts';
import { asJson, asReplica } from './replica.ts';
import type { RbdReplica } from './replica.ts';
import { poolOf } from './settings.ts';
import type { RbdMirrorSettings } from './settings.ts';
import { stillSince } from './stand-still.ts';

const AGAIN_MS = 1_000;

/** `carrier`: the mirror snapshot that brings it. */
type Memo = { readonly carrier?: number; readonly stillSince?: string };

/**
 * Sends a mirror snapshot after the user's, and waits until every byte of it is at the target. Ceph tells for a whole image what it moved last, and late;
 * `rbd diff` counts whole objects. Neither is what moved for this point, so 0 is said.
 */
export async function travel(
  settings: RbdMirrorSettings | undefined,
  point: PointOfDisk,
  taken: SnapshotTaken,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Transferred>> {
  const memo = (before ?? {}) as Memo;
  const replica = asReplica(taken.snapshot);
  const source = new CephImage(poolOf(settings, io.source.site), replica.image, io.signal);
  const target = source.other(replica.image, poolOf(settings, io.target.site));
  const carrier = memo.carrier ?? (await send(source, replica, point.groupId));
  if (carrier === undefined) return inProgress({}, AGAIN_MS, 0.05);
  const there = await target.snapshots();
  if (there && hasArrived(there, replica.snapshot, carrier)) return done({ replica: asJson(replica), bytes: 0 });
  // rbd-mirror makes the image first, and has it mirrored then.
  const status = isMirrored(await target.info()) ? await target.status() : undefined;
  const progress = 0.1 + ((status?.replay.syncing_percent ?? 0) / 100) * 0.8;
  const problem = status
    ? standstill(status, target.site)
    : `rbd-mirror of ${target.site} has not begun with the image`;
  const still = stillSince(problem, memo.stillSince, target.site, io);
  return inProgress({ carrier, ...(still !== undefined && { stillSince: still }) }, AGAIN_MS, progress);
}

/** The mirror snapshot that carries the user's; `undefined` when it was only just asked for. */
async function send(source: CephImage, { snapshot }: RbdReplica, groupId: string): Promise<number | undefined> {
  const [info, snapshots] = [await source.info(), await source.snapshots()];
  if (!info || !snapshots?.some(({ name }) => name === snapshot))
    throw notFound('disk-gone', `${source.spec(snapshot)} is not in the Ceph of ${source.site} any more.`, {
      mend: 'Take a new point: it captures what is there now.',
    });
  if (!(await ensureMirrored(source, info, groupId))) return undefined;
  const carrier = carrierOf(snapshots, snapshot);
  if (carrier === undefined) await source.run(['mirror', 'image', 'snapshot', source.spec()]);
  return carrier;
}
