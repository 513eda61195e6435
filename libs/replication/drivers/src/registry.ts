import { plain } from '@lifeboat/replication-driver-api';
import type { DriverDefinition } from '@lifeboat/replication-driver-api';
import { blockStream } from './block-stream/block-stream.driver.ts';
import { cinderBackup } from './cinder-backup/cinder-backup.driver.ts';
import { imageTransfer } from './image-transfer/image-transfer.driver.ts';
import { serverSnapshot } from './server-snapshot/server-snapshot.driver.ts';

/** In the order in which they are preferred where the policy names none: what copies only differences comes before what copies all. */
export const builtIn: readonly DriverDefinition[] = [
  blockStream,
  plain(cinderBackup),
  plain(imageTransfer),
  plain(serverSnapshot),
];
