import type { CephImage } from './ceph-image.ts';
import { there, unlessBusy } from './ceph-image.ts';
import { isMirrored, isPrimary } from './mirror-state.ts';
import type { Snapshot } from './mirror-state.ts';
import { isForGroup, isForOthers } from './mirroring.ts';

/**
 * One step of removing the image that stands for a volume at the target, without the primary's help; `true` when nothing is left to do. Where copies read
 * from its snapshots it goes to Ceph's trash, and from there with the last of them.
 */
export async function removeReplica(image: CephImage, groupId: string): Promise<boolean> {
  const info = await image.info();
  if (!info || !(await isForGroup(image, groupId)) || (await isForOthers(image, groupId))) return true;
  if (isMirrored(info)) {
    // Nobody but rbd-mirror may change an image that is not the primary.
    const end = isPrimary(info) ? ['disable'] : ['promote', '--force'];
    await unlessBusy(image.run(['mirror', 'image', ...end, image.spec()]));
    return false;
  }
  if (await removeAnySnapshot(image)) return false;
  await unlessBusy(there(moveOrRemove(image, (await image.snapshots()) ?? [])));
  return false;
}

/** Removes one of the snapshots that users made, of an image that may be changed; `false` when there is none. */
export async function removeAnySnapshot(image: CephImage): Promise<boolean> {
  const snapshot = (await image.snapshots())?.find(({ namespace }) => namespace.type === 'user');
  if (!snapshot) return false;
  if (snapshot.protected) await image.run(['snap', 'unprotect', image.spec(snapshot.name)]);
  await there(image.run(['snap', 'rm', '--no-progress', image.spec(snapshot.name)]));
  return true;
}

/** A removed snapshot that clones read from is kept by Ceph, and its image with it. */
const moveOrRemove = (image: CephImage, snapshots: readonly Snapshot[]): Promise<string> =>
  snapshots.length > 0 ? image.run(['trash', 'mv', image.spec()]) : image.run(['rm', '--no-progress', image.spec()]);

/** Removes the images of this name that nothing reads from any more. */
export async function emptyTrash(image: CephImage): Promise<void> {
  const trash = (await image.json(['trash', 'ls', image.at.pool])) as readonly {
    readonly id: string;
    readonly name: string;
  }[];
  for (const { id } of trash.filter(({ name }) => name === image.name))
    await unlessBusy(there(image.run(['trash', 'rm', '--no-progress', `${image.at.pool}/${id}`])));
}
