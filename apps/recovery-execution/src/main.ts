import { runService } from '@lifeboat/service-kit';
import { z } from 'zod';
import { MakeBundleHandler } from './bundle/make-bundle.handler.ts';
import {
  FindBundlesHandler,
  ReadBundleEntitiesHandler,
  ReadBundleHomeHandler,
  ReadBundlePointHandler,
} from './bundle/read-bundle.handlers.ts';
import { ReadBundle } from './bundle/read-bundle.ts';
import { VerifyBundleHandler } from './bundle/verify-bundle.handler.ts';
import { WholePoints } from './bundle/whole-points.ts';
import { CompileCallsHandler } from './compile/compile-calls.handler.ts';
import { CompilePoint } from './compile/compile-point.ts';
import { RecoveryExecution1790000000005 } from './migrations/0001-recovery-execution.ts';
import { StoppedServers1790000000702 } from './migrations/0002-stopped-servers.ts';
import { RemovedRuns1790000000703 } from './migrations/0003-removed-runs.ts';
import { Stages1790000001401 } from './migrations/0006-stages.ts';
import { Traffic1790000001051 } from './migrations/0005-traffic.ts';
import { PlanCheck } from './plan/plan-findings.ts';
import { plansFileProvider } from './plan/plans-file.ts';
import { ProbeWaveHandler } from './plan/probe-wave.handler.ts';
import { FencePrimaryHandler } from './plan/fence-primary.handler.ts';
import { LeaseFence } from './plan/lease-fence.ts';
import { HookSequence } from './plan/hook-sequence.ts';
import { RunHooksHandler } from './plan/run-hooks.handler.ts';
import { Origins1790000000953 } from './migrations/0004-origins.ts';
import { Origins } from './origins/origins.ts';
import { RemoveOriginalsHandler } from './origins/remove-originals.handler.ts';
import { TraceOriginsHandler } from './origins/trace-origins.handler.ts';
import { CheckReadinessHandler } from './recovery/check-readiness.handler.ts';
import { CheckTargetHandler } from './recovery/check-target.handler.ts';
import { LookForLeaksHandler } from './recovery/look-for-leaks.handler.ts';
import { ReadLedgerHandler, ReadReceiptHandler } from './recovery/read-recovery.handlers.ts';
import { RecoveryRuns } from './recovery/recovery-runs.ts';
import { RecreateEntitiesHandler } from './recovery/recreate-entities.handler.ts';
import { RemoveEntitiesHandler } from './recovery/remove-entities.handler.ts';
import { VerifyWorkloadHandler } from './recovery/verify-workload.handler.ts';
import { ListSourceServersHandler } from './source/list-source-servers.handler.ts';
import { QuarantineSourceHandler } from './source/quarantine-source.handler.ts';
import { SourceServers } from './source/source-servers.ts';
import { RemoveStagedHandler } from './stages/remove-staged.handler.ts';
import { StageEntitiesHandler } from './stages/stage-entities.handler.ts';
import { Stages } from './stages/stages.ts';
import { StartSourceHandler } from './source/start-source.handler.ts';
import { StopSourceHandler } from './source/stop-source.handler.ts';
import { SwitchTrafficHandler } from './traffic/switch-traffic.handler.ts';
import { TrafficSwitches } from './traffic/traffic-switches.ts';

await runService({
  name: 'recovery-execution',
  context: 'recovery',
  database: {
    schema: 'recovery',
    entities: [],
    migrations: [
      RecoveryExecution1790000000005,
      StoppedServers1790000000702,
      RemovedRuns1790000000703,
      Origins1790000000953,
      Traffic1790000001051,
      Stages1790000001401,
    ],
  },
  needs: { clouds: true, secrets: true },
  settings: {
    /** What recovery plans may name: programs, databases, keys of webhooks, DNS servers. Read at start. */
    LIFEBOAT_PLANS_FILE: z.string().optional(),
    /** The private key that signs bundles; made there at first use. */
    LIFEBOAT_BUNDLE_KEY_FILE: z.string().optional(),
  },
  providers: [
    plansFileProvider,
    RecoveryRuns,
    Stages,
    StageEntitiesHandler,
    RemoveStagedHandler,
    CheckReadinessHandler,
    CheckTargetHandler,
    RecreateEntitiesHandler,
    HookSequence,
    RunHooksHandler,
    FencePrimaryHandler,
    LeaseFence,
    ProbeWaveHandler,
    RemoveEntitiesHandler,
    LookForLeaksHandler,
    VerifyWorkloadHandler,
    SourceServers,
    StopSourceHandler,
    StartSourceHandler,
    Origins,
    TraceOriginsHandler,
    RemoveOriginalsHandler,
    QuarantineSourceHandler,
    ListSourceServersHandler,
    PlanCheck,
    TrafficSwitches,
    SwitchTrafficHandler,
    ReadReceiptHandler,
    ReadLedgerHandler,
    CompilePoint,
    CompileCallsHandler,
    WholePoints,
    MakeBundleHandler,
    ReadBundle,
    FindBundlesHandler,
    ReadBundleHomeHandler,
    ReadBundlePointHandler,
    ReadBundleEntitiesHandler,
    VerifyBundleHandler,
  ],
});
