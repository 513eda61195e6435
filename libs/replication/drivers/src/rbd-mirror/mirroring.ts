import { illegalState } from '@lifeboat/kernel';
import type { CephImage } from './ceph-image.ts';
import type { ImageInfo } from './mirror-state.ts';
import { isMirrored, isPrimary } from './mirror-state.ts';

/**
 * Written into the image's own metadata, which travel with it: that mirroring was begun by us, and for which groups. What an operator mirrors is never ended
 * by us, and what several groups need goes with the last of them.
 */
const BEGUN = 'lifeboat.mirroring';
const groupKey = (groupId: string): string => `lifeboat.group.${groupId}`;

/** One step towards an image that is mirrored for the group; `true` when it is. The first mirror snapshot is taken on the way. */
export async function ensureMirrored(image: CephImage, info: ImageInfo, groupId: string): Promise<boolean> {
  const held = await image.metadata();
  if (held[groupKey(groupId)] === undefined)
    await image.run(['image-meta', 'set', image.spec(), groupKey(groupId), 'protects']);
  if (isMirrored(info)) {
    assertUsable(image, info);
    return true;
  }
  await image.run(['image-meta', 'set', image.spec(), BEGUN, 'begun']);
  await image.run(['mirror', 'image', 'enable', image.spec(), 'snapshot']);
  return false;
}

function assertUsable(image: CephImage, info: ImageInfo): void {
  if (info.mirroring?.mode !== 'snapshot')
    throw illegalState('rbd-mirror-other-mode', `${image.spec()} of ${image.site} is mirrored by journal.`, {
      mend: 'Mirror it by snapshots (rbd mirror image disable, then protect again), or carry it by another driver.',
    });
  if (!isPrimary(info))
    throw illegalState(
      'rbd-mirror-not-primary',
      `${image.spec()} of ${image.site} is not the primary of its mirroring: it is written at the other site.`,
      { mend: 'Protect the volume where it is written, or promote the image.' },
    );
}

/** Whether the image bears the group's name, so that it may be ended, or removed, for it. */
export async function isForGroup(image: CephImage, groupId: string): Promise<boolean> {
  const held = await image.metadata();
  return held[BEGUN] !== undefined && held[groupKey(groupId)] !== undefined;
}

/** Another group needs it too. */
export async function isForOthers(image: CephImage, groupId: string): Promise<boolean> {
  const others = Object.keys(await image.metadata()).filter((key) => key.startsWith(groupKey('')));
  return others.some((key) => key !== groupKey(groupId));
}

/** The group's name is taken off; where it was the last, so is what says that mirroring was begun by us. */
export async function forgetGroup(image: CephImage, groupId: string): Promise<void> {
  const held = await image.metadata();
  for (const key of [groupKey(groupId), ...((await isForOthers(image, groupId)) ? [] : [BEGUN])])
    if (held[key] !== undefined) await image.run(['image-meta', 'remove', image.spec(), key]);
}
