import { plain } from '@lifeboat/replication-driver-api';
import type { DriverDefinition } from '@lifeboat/replication-driver-api';
import { blockStream } from './block-stream/block-stream.driver.ts';
import { cinderBackup } from './cinder-backup/cinder-backup.driver.ts';
import { cinderReplication } from './cinder-replication/cinder-replication.driver.ts';
import { hook } from './hook/hook.driver.ts';
import { imageTransfer } from './image-transfer/image-transfer.driver.ts';
import { postgresql } from './postgresql/postgresql.driver.ts';
import { rbdMirror } from './rbd-mirror/rbd-mirror.driver.ts';
import { serverSnapshot } from './server-snapshot/server-snapshot.driver.ts';
import { stateless } from './stateless/stateless.driver.ts';

/** In the order in which they are preferred where the policy names none: what copies only differences comes before what copies all. */
export const builtIn: readonly DriverDefinition[] = [
  blockStream,
  rbdMirror,
  plain(cinderBackup),
  plain(imageTransfer),
  plain(serverSnapshot),
  cinderReplication,
  // Chosen by a policy's rule alone.
  postgresql,
  hook,
  plain(stateless),
];
