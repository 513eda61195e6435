import { VOLUME_ID } from '@lifeboat/replication-driver-api';
import type { Copy, Disk, Mark, Recipe, RecipeCall, RecipeWait } from '@lifeboat/replication-driver-api';
import { placeOf } from './volumes.ts';

export const whenAvailable: RecipeWait = {
  path: `/volumes/${VOLUME_ID}`,
  field: 'volume.status',
  until: ['available', 'in-use'],
  fail: ['error', 'error_restoring', 'error_managing'],
};

type Body = RecipeCall['body'];

/** The volume of a copy, of what `origin` says: a snapshot, an image, nothing. */
export const makeVolume = (origin: Body, { disk }: { readonly disk: Disk }, copy: Copy, mark: Mark): RecipeCall => ({
  service: 'volume',
  method: 'POST',
  path: '/volumes',
  body: { volume: { ...(placeOf(disk, copy) as Body), ...origin, metadata: mark } },
  wait: whenAvailable,
});

export const copyRecipe = (...[origin, point, copy, mark]: Parameters<typeof makeVolume>): Recipe => ({
  calls: [makeVolume(origin, point, copy, mark)],
  gives: { kind: 'volume', volumeId: VOLUME_ID },
});
