import { runService } from '@lifeboat/service-kit';
import { RecoveryExecution1790000000005 } from './migrations/0001-recovery-execution.ts';
import { CheckReadinessHandler } from './recovery/check-readiness.handler.ts';
import { CheckTargetHandler } from './recovery/check-target.handler.ts';
import { LookForLeaksHandler } from './recovery/look-for-leaks.handler.ts';
import { ReadLedgerHandler, ReadReceiptHandler } from './recovery/read-recovery.handlers.ts';
import { RecoveryRuns } from './recovery/recovery-runs.ts';
import { RecreateEntitiesHandler } from './recovery/recreate-entities.handler.ts';
import { RemoveEntitiesHandler } from './recovery/remove-entities.handler.ts';
import { VerifyWorkloadHandler } from './recovery/verify-workload.handler.ts';

await runService({
  name: 'recovery-execution',
  context: 'recovery',
  database: { schema: 'recovery', entities: [], migrations: [RecoveryExecution1790000000005] },
  needs: { clouds: true, secrets: true },
  providers: [
    RecoveryRuns,
    CheckReadinessHandler,
    CheckTargetHandler,
    RecreateEntitiesHandler,
    RemoveEntitiesHandler,
    LookForLeaksHandler,
    VerifyWorkloadHandler,
    ReadReceiptHandler,
    ReadLedgerHandler,
  ],
});
