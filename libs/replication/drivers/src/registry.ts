import { plain } from '@lifeboat/replication-driver-api';
import type { DriverDefinition } from '@lifeboat/replication-driver-api';
import { cinderBackup } from './cinder-backup/cinder-backup.driver.ts';
import { cinderReplication } from './cinder-replication/cinder-replication.driver.ts';
import { imageTransfer } from './image-transfer/image-transfer.driver.ts';
import { rbdMirror } from './rbd-mirror/rbd-mirror.driver.ts';
import { serverSnapshot } from './server-snapshot/server-snapshot.driver.ts';

/** In the order in which they are preferred where the policy names none: what copies only differences comes before what copies all. */
export const builtIn: readonly DriverDefinition[] = [
  rbdMirror,
  plain(cinderBackup),
  plain(imageTransfer),
  plain(serverSnapshot),
  cinderReplication,
];
