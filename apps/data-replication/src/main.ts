import { Bus, jsonRequests } from '@lifeboat/messaging';
import { driversProvider } from '@lifeboat/replication-drivers';
import { runService, SETTINGS } from '@lifeboat/service-kit';
import { z } from 'zod';
import { AdoptDisksHandler } from './adoption/adopt-disks.handler.ts';
import { Adoptions } from './adoption/adoptions.ts';
import { CheckDiskReplicasHandler } from './adoption/check-disk-replicas.handler.ts';
import { DisownDisksHandler } from './adoption/disown-disks.handler.ts';
import { Copies } from './copies/copies.ts';
import { Freezes } from './freezes/freezes.ts';
import { ReadFreezeHandler } from './freezes/read-freeze.handler.ts';
import { WatchFreezes } from './freezes/watch-freezes.ts';
import { HearProtectionHandler } from './hear-protection.handler.ts';
import { ListCopiesHandler } from './copies/list-copies.handler.ts';
import { MaterialiseDisksHandler } from './copies/materialise-disks.handler.ts';
import { PromoteDisksHandler } from './copies/promote-disks.handler.ts';
import { ReadRecipesHandler } from './copies/read-recipes.handler.ts';
import { ReleaseDisksHandler } from './copies/release-disks.handler.ts';
import { ReadLagHandler } from './lag/read-lag.handler.ts';
import { WatchLag } from './lag/watch-lag.ts';
import { DataReplication1790000000003 } from './migrations/0001-data-replication.ts';
import { GivenUpPrimaries1790000000012 } from './migrations/0002-given-up-primaries.ts';
import { DiskLag1790000000031 } from './migrations/0003-disk-lag.ts';
import { Policies1790000000603 } from './migrations/0005-policies.ts';
import { PrimariesComeBack1790000000952 } from './migrations/0006-primaries-come-back.ts';
import { CopiedReplicas1790000001401 } from './migrations/0007-copied-replicas.ts';
import { Freezes1790000001501 } from './migrations/0008-freezes.ts';
import { ChooseDrivers } from './points/choose-drivers.ts';
import { WatchedReplicas1790000000601 } from './migrations/0004-watched-replicas.ts';
import { DiscardDisksHandler } from './points/discard-disks.handler.ts';
import { ExplainDiskHandler } from './points/explain-disk.handler.ts';
import { ListDriversHandler } from './points/list-drivers.handler.ts';
import { Points } from './points/points.ts';
import { ReplicateDisksHandler } from './points/replicate-disks.handler.ts';
import { ReadProgressHandler } from './progress/read-progress.handler.ts';
import { TaskGauges } from './progress/task-gauges.ts';
import { HearReplicas } from './replicas/hear-replicas.ts';
import { ReplicaWatch } from './replicas/replica-watch.ts';
import { PreviewReversalHandler } from './reversals/preview-reversal.handler.ts';
import { ReverseDisksHandler } from './reversals/reverse-disks.handler.ts';
import { WaysBack } from './reversals/ways-back.ts';
import { AskWorkers } from './tasks/ask-workers.ts';
import { HearAnswers } from './tasks/hear-answers.ts';
import { HoldVerbHandler } from './tasks/hold-verb.handler.ts';
import { Tasks } from './tasks/tasks.ts';
import { ResyncDiskHandler } from './verification/resync-disk.handler.ts';
import { VerifyPointHandler } from './verification/verify-point.handler.ts';

await runService({
  name: 'data-replication',
  context: 'data',
  database: {
    schema: 'data',
    entities: [],
    migrations: [
      DataReplication1790000000003,
      GivenUpPrimaries1790000000012,
      DiskLag1790000000031,
      WatchedReplicas1790000000601,
      Policies1790000000603,
      PrimariesComeBack1790000000952,
      CopiedReplicas1790000001401,
      Freezes1790000001501,
    ],
  },
  needs: { clouds: true },
  settings: {
    /** Sites whose Cinder backup services read one store: `alpha,beta;alpha,gamma`. Without it cinder-backup carries nothing. */
    LIFEBOAT_SHARED_BACKUP_STORES: z.string().optional(),
    /** What the drivers are to know of the sites; the same file that the workers have. */
    LIFEBOAT_DRIVERS_FILE: z.string().optional(),
    /** From one answer how far a target is behind to the next question, seconds; for mechanisms that run all the time. */
    LIFEBOAT_LAG_SECONDS: z.coerce.number().int().min(1).default(30),
    /** How often recovery sites are looked at for replicas that are gone or in error, in seconds. Notifications of a recovery site make it look at once. */
    LIFEBOAT_REPLICA_LOOK_SECONDS: z.coerce.number().min(1).default(300),
  },
  providers: [
    driversProvider({ settings: SETTINGS, bus: Bus, requests: jsonRequests }),
    Tasks,
    AskWorkers,
    HearAnswers,
    HoldVerbHandler,
    Points,
    ChooseDrivers,
    ReplicateDisksHandler,
    Freezes,
    WatchFreezes,
    ReadFreezeHandler,
    DiscardDisksHandler,
    ExplainDiskHandler,
    ListDriversHandler,
    Copies,
    MaterialiseDisksHandler,
    ReadRecipesHandler,
    PromoteDisksHandler,
    ReleaseDisksHandler,
    ListCopiesHandler,
    WaysBack,
    PreviewReversalHandler,
    ReverseDisksHandler,
    WatchLag,
    ReadLagHandler,
    ReadProgressHandler,
    TaskGauges,
    VerifyPointHandler,
    ResyncDiskHandler,
    HearProtectionHandler,
    Adoptions,
    CheckDiskReplicasHandler,
    AdoptDisksHandler,
    DisownDisksHandler,
    ReplicaWatch,
    HearReplicas,
  ],
  main: async (app, signal) =>
    void (await Promise.all([app.get(HearAnswers).run(signal), app.get(HearReplicas).run(signal)])),
});
