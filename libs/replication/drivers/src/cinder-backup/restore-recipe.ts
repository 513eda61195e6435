import type { Json } from '@lifeboat/kernel';
import { textOf, VOLUME_ID } from '@lifeboat/replication-driver-api';
import type { Copy, Mark, PointOfDisk, Recipe } from '@lifeboat/replication-driver-api';
import { makeVolume, whenAvailable } from '../openstack/recipes.ts';
import { asReplica } from './chain.ts';
import { RESTORED } from './restore-copy.ts';

/** As `restoreCopy`, step by step. */
export function restoreRecipe(point: PointOfDisk, replica: Json, copy: Copy, mark: Mark): Recipe {
  const { backupId } = asReplica(replica);
  return {
    calls: [
      makeVolume({ description: textOf(mark) }, point, copy, mark),
      {
        service: 'volume',
        method: 'POST',
        path: `/backups/${backupId}/restore`,
        body: { restore: { volume_id: VOLUME_ID } },
        // Cinder restores a backup once at a time.
        first: { path: `/backups/${backupId}`, field: 'backup.status', until: ['available'], fail: ['error'] },
        wait: whenAvailable,
      },
      // A restore puts the source's metadata in the place of ours.
      {
        service: 'volume',
        method: 'POST',
        path: `/volumes/${VOLUME_ID}/metadata`,
        body: { metadata: { ...mark, [RESTORED]: backupId } },
      },
    ],
    gives: { kind: 'volume', volumeId: VOLUME_ID },
  };
}
