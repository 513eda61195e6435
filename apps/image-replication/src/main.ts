import { runService } from '@lifeboat/service-kit';
import { AdoptImagesHandler } from './adoption/adopt-images.handler.ts';
import { CheckImageReplicasHandler } from './adoption/check-image-replicas.handler.ts';
import { DisownImagesHandler } from './adoption/disown-images.handler.ts';
import { ImageReplication1790000000002 } from './migrations/0001-image-replication.ts';
import { ImageReplicaRow, PointImageRow } from './replicas/image-replica.row.ts';
import { ListImageReplicasHandler } from './replicas/list-image-replicas.handler.ts';
import { ReleaseImagesHandler } from './replicas/release-images.handler.ts';
import { ReplicateImagesHandler } from './replicas/replicate-images.handler.ts';
import { Replicator } from './replicas/replicator.ts';

await runService({
  name: 'image-replication',
  context: 'image',
  database: {
    schema: 'image',
    entities: [ImageReplicaRow, PointImageRow],
    migrations: [ImageReplication1790000000002],
  },
  needs: { clouds: true },
  providers: [
    Replicator,
    ReplicateImagesHandler,
    ReleaseImagesHandler,
    ListImageReplicasHandler,
    CheckImageReplicasHandler,
    AdoptImagesHandler,
    DisownImagesHandler,
  ],
});
