import type { Json } from '@lifeboat/kernel';
import { illegalState } from '@lifeboat/kernel';
import { done, inProgress } from '@lifeboat/replication-driver-api';
import type { DriverIo, Outcome, PointOfDisk, Reversed } from '@lifeboat/replication-driver-api';
import { findVolumes } from '../openstack/volumes.ts';
import { CephImage } from './ceph-image.ts';
import { isMirrored, isPrimary, standstill } from './mirror-state.ts';
import { PROMOTED, tryTo } from './promote.ts';
import { asReplica } from './replica.ts';
import { poolOf } from './settings.ts';
import type { RbdMirrorSettings } from './settings.ts';
import { stillSince } from './stand-still.ts';

const AGAIN_MS = 1_000;

/** `full`: the old primary had not been demoted in time, and is made again. */
type Memo = { readonly full?: boolean; readonly stillSince?: string };

/** The old primary follows what was promoted: by differences where it had been demoted in time, else all of it is copied again. */
export async function reverseMirroring(
  settings: RbdMirrorSettings | undefined,
  point: PointOfDisk,
  replica: Json,
  before: Json | undefined,
  io: DriverIo,
): Promise<Outcome<Reversed>> {
  const memo = (before ?? {}) as Memo;
  const { image } = asReplica(replica);
  const promoted = await promotedImage(settings, image, point, io);
  const at = poolOf(settings, io.source.site);
  // It is called as what was promoted from that one's first mirror snapshot on, and before by its own name.
  const old = promoted.other(image, at);
  const oldInfo = await old.info();
  const source = oldInfo ? old : promoted.other(promoted.name, at);
  const info = oldInfo ?? (await source.info());
  // A resync removes it, and makes it again.
  if (!info || info.mirroring?.state === 'creating')
    return waiting({ ...memo, full: true }, `rbd-mirror of ${at.site} has not begun with the image`, at.site, io);
  if (!isMirrored(info))
    throw illegalState('rbd-mirror-not-mirrored', `${source.spec()} of ${at.site} is mirrored no more.`, {
      mend: `Remove the image, or give it another name: rbd-mirror of ${at.site} makes it again from what was promoted.`,
    });
  if (isPrimary(info)) {
    await tryTo(source, ['demote']);
    return inProgress({ full: true }, AGAIN_MS);
  }
  return followed(source, memo, io);
}

/** The old primary, which is one no more. */
async function followed(source: CephImage, memo: Memo, io: DriverIo): Promise<Outcome<Reversed>> {
  const { full = false } = memo;
  const status = await source.status();
  if (status.state === 'up+replaying')
    return done({ full, ...(full && { why: 'Both sides were written after the promotion was forced.' }) });
  if (!/split-brain/.test(status.description)) return waiting(memo, standstill(status, source.site), source.site, io);
  await tryTo(source, ['resync']);
  return inProgress({ full: true }, AGAIN_MS);
}

function waiting(memo: Memo, problem: string | undefined, site: string, io: DriverIo): Outcome<never> {
  const still = stillSince(problem, memo.stillSince, site, io);
  return inProgress({ full: memo.full ?? false, ...(still !== undefined && { stillSince: still }) }, AGAIN_MS);
}

/** Under the name it has since Cinder adopted it, or still under its own. */
async function promotedImage(
  settings: RbdMirrorSettings | undefined,
  name: string,
  { pointId, disk }: PointOfDisk,
  io: DriverIo,
): Promise<CephImage> {
  const mark = { lifeboat_point: pointId, lifeboat_disk: disk.id, lifeboat_purpose: PROMOTED };
  const [adopted] = await findVolumes(io.target, mark);
  const image = new CephImage(poolOf(settings, io.target.site), adopted ? `volume-${adopted.id}` : name, io.signal);
  if (isPrimary(await image.info())) return image;
  throw illegalState('rbd-mirror-not-promoted', `${image.spec()} of ${image.site} was not promoted.`, {
    mend: 'Where a run serves from copies, protect those at the site where they are: they are mirrored back by difference.',
  });
}
