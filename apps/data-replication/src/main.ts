import { runService } from '@lifeboat/service-kit';
import { z } from 'zod';
import { Copies } from './copies/copies.ts';
import { ListCopiesHandler } from './copies/list-copies.handler.ts';
import { MaterialiseDisksHandler } from './copies/materialise-disks.handler.ts';
import { ReleaseDisksHandler } from './copies/release-disks.handler.ts';
import { DataReplication1790000000003 } from './migrations/0001-data-replication.ts';
import { GivenUpPrimaries1790000000012 } from './migrations/0002-given-up-primaries.ts';
import { ChooseDrivers } from './points/choose-drivers.ts';
import { WatchedReplicas1790000000601 } from './migrations/0003-watched-replicas.ts';
import { DiscardDisksHandler } from './points/discard-disks.handler.ts';
import { ExplainDiskHandler } from './points/explain-disk.handler.ts';
import { Points } from './points/points.ts';
import { ReplicateDisksHandler } from './points/replicate-disks.handler.ts';
import { HeedFailoversHandler } from './primaries/heed-failovers.handler.ts';
import { HearReplicas } from './replicas/hear-replicas.ts';
import { ReplicaWatch } from './replicas/replica-watch.ts';
import { AskWorkers } from './tasks/ask-workers.ts';
import { HearAnswers } from './tasks/hear-answers.ts';
import { HoldVerbHandler } from './tasks/hold-verb.handler.ts';
import { Tasks } from './tasks/tasks.ts';

await runService({
  name: 'data-replication',
  context: 'data',
  database: {
    schema: 'data',
    entities: [],
    migrations: [DataReplication1790000000003, GivenUpPrimaries1790000000012, WatchedReplicas1790000000601],
  },
  needs: { clouds: true },
  settings: {
    /** Sites whose Cinder backup services read one store: `alpha,beta;alpha,gamma`. Without it cinder-backup carries nothing. */
    LIFEBOAT_SHARED_BACKUP_STORES: z.string().optional(),
    /** What the drivers are to know of the sites; the same file that the workers have. */
    LIFEBOAT_DRIVERS_FILE: z.string().optional(),
    /** How often recovery sites are looked at for replicas that are gone or in error, in seconds. Notifications of a recovery site make it look at once. */
    LIFEBOAT_REPLICA_LOOK_SECONDS: z.coerce.number().min(1).default(300),
  },
  providers: [
    Tasks,
    AskWorkers,
    HearAnswers,
    HoldVerbHandler,
    Points,
    ChooseDrivers,
    ReplicateDisksHandler,
    DiscardDisksHandler,
    ExplainDiskHandler,
    Copies,
    MaterialiseDisksHandler,
    ReleaseDisksHandler,
    ListCopiesHandler,
    HeedFailoversHandler,
    ReplicaWatch,
    HearReplicas,
  ],
  main: async (app, signal) =>
    void (await Promise.all([app.get(HearAnswers).run(signal), app.get(HearReplicas).run(signal)])),
});
