import { BundlePlace } from '@lifeboat/contracts';
import { runService } from '@lifeboat/service-kit';
import { z } from 'zod';
import { PreviewAdoptionHandler, RequestAdoptionHandler } from './adoption/adoption.handlers.ts';
import { Adoptions } from './adoption/adoptions.ts';
import { RestoreGroupHandler } from './adoption/restore-group.handler.ts';
import { ApproveRunHandler } from './approvals/approve-run.handler.ts';
import { Lapses } from './approvals/lapses.ts';
import { ListRunRequestsHandler, ReadRunRequestHandler } from './approvals/read-run-requests.handlers.ts';
import { RefuseRunHandler } from './approvals/refuse-run.handler.ts';
import { RunRequestRow } from './approvals/run-request.row.ts';
import { DrillScheduler } from './drills/drill-scheduler.ts';
import { GroupDrillRow } from './drills/group-drill.row.ts';
import { BundleRow, BundleTryRow } from './bundles/bundle.row.ts';
import { BundleWatch } from './bundles/bundle-watch.ts';
import { CompilePlanHandler, ExportBundleHandler, ListBundlesHandler } from './bundles/bundles.handlers.ts';
import { Bundles } from './bundles/bundles.ts';
import { EvidenceRecorder } from './evidence/evidence-recorder.ts';
import { ListEvidenceHandler, ReadEvidenceHandler } from './evidence/read-evidence.handlers.ts';
import { CommitFailoverHandler } from './groups/commit-failover.handler.ts';
import { CommitmentRow } from './groups/commitments.ts';
import { GroupRow } from './groups/group.row.ts';
import { LockGroupHandler } from './groups/lock-group.handler.ts';
import { PauseGroupHandler, ResumeGroupHandler } from './groups/pause-group.handlers.ts';
import { PutGroupHandler } from './groups/put-group.handler.ts';
import { ListGroupsHandler, ReadGroupHandler } from './groups/read-groups.handlers.ts';
import { RemoveGroupHandler } from './groups/remove-group.handler.ts';
import { ReverseGroupHandler } from './groups/reverse-group.handler.ts';
import { ReturnedPrimaries } from './groups/returned-primaries.ts';
import { UnlockGroupHandler } from './groups/unlock-group.handler.ts';
import { HearEventsHandler } from './hear-events.handler.ts';
import { Protection1790000000001 } from './migrations/0001-protection.ts';
import { MetadataRpo1790000000201 } from './migrations/0002-metadata-rpo.ts';
import { RunStarts1790000000031 } from './migrations/0003-run-starts.ts';
import { Joining1790000000501 } from './migrations/0004-joining.ts';
import { Policies1790000000601 } from './migrations/0005-policies.ts';
import { Damage1790000000602 } from './migrations/0006-damage.ts';
import { Drills1790000000701 } from './migrations/0007-drills.ts';
import { Readiness1790000000801 } from './migrations/0008-readiness.ts';
import { Plans1790000000901 } from './migrations/0009-plans.ts';
import { Directions1790000000951 } from './migrations/0010-directions.ts';
import { Evidence1790000001001 } from './migrations/0011-evidence.ts';
import { DrillSchedule1790000001101 } from './migrations/0012-drill-schedule.ts';
import { Quarantine1790000001201 } from './migrations/0013-quarantine.ts';
import { Bundles1790000001301 } from './migrations/0014-bundles.ts';
import { Approvals1790000001401 } from './migrations/0015-approvals.ts';
import { Staging1790000001501 } from './migrations/0016-staging.ts';
import { Reversals1790000001601 } from './migrations/0017-reversals.ts';
import { FenceLeases1790000001701 } from './migrations/0018-fence-leases.ts';
import { EndLeaseHandler } from './leases/end-lease.handler.ts';
import { FenceLeaseRow } from './leases/fence-lease.row.ts';
import { GrantClock } from './leases/grant-clock.ts';
import { LeasedServers } from './leases/leased-servers.ts';
import { LeaseWatch } from './leases/lease-watch.ts';
import { RenewLeasesHandler } from './leases/renew-leases.handler.ts';
import { HearDrills } from './plans/hear-drills.ts';
import { PlanDrillRow, PlanRow, PlanVersionRow } from './plans/plan.row.ts';
import { PutPlanHandler } from './plans/put-plan.handler.ts';
import { ListPlansHandler, ListPlanVersionsHandler, ReadPlanHandler } from './plans/read-plans.handlers.ts';
import { RemovePlanHandler } from './plans/remove-plan.handler.ts';
import { VerifyPlanHandler } from './plans/verify-plan.handler.ts';
import { DiscardPointHandler } from './points/discard-point.handler.ts';
import { HeedDamage } from './points/heed-damage.ts';
import { OpenPointHandler } from './points/open-point.handler.ts';
import { PinPointHandler } from './points/pin-point.handler.ts';
import { PinRow, PointRow } from './points/point.row.ts';
import { ListPointsHandler, ReadPointHandler } from './points/read-points.handlers.ts';
import { RequestPointHandler } from './points/request-point.handler.ts';
import { RpoLag } from './points/rpo-lag.ts';
import { RpoWatch } from './points/rpo-watch.ts';
import { Scheduler } from './points/scheduler.ts';
import { SealPointHandler } from './points/seal-point.handler.ts';
import { UnpinPointHandler } from './points/unpin-point.handler.ts';
import { ListPoliciesHandler } from './policies/list-policies.handler.ts';
import { PolicyRow } from './policies/policy.row.ts';
import { PutPolicyHandler } from './policies/put-policy.handler.ts';
import { GroupCheck } from './readiness/group-check.ts';
import { ReadReadinessHandler } from './readiness/read-readiness.handler.ts';
import { ReadinessRow } from './readiness/readiness.row.ts';
import { ReadinessWatch } from './readiness/readiness-watch.ts';
import { PreviewReprotectHandler } from './runs/preview-reprotect.handler.ts';
import { PrimaryLeftAlone } from './runs/primary-left-alone.ts';
import { RequestCleanupHandler } from './runs/request-cleanup.handler.ts';
import { RequestDrillHandler } from './runs/request-drill.handler.ts';
import { RequestFailbackHandler } from './runs/request-failback.handler.ts';
import { RequestFailoverHandler } from './runs/request-failover.handler.ts';
import { RequestPlannedFailoverHandler } from './runs/request-planned-failover.handler.ts';
import { RequestReprotectHandler } from './runs/request-reprotect.handler.ts';
import { RequestSwitchTrafficHandler } from './runs/request-switch-traffic.handler.ts';
import { HearRunStarts, RunStarts } from './runs/run-starts.ts';
import { WaitForDrillsHandler } from './runs/wait-for-drills.handler.ts';
import { ListSitesHandler } from './sites/list-sites.handler.ts';
import { ProofOfLife } from './sites/proof-of-life.ts';
import { PutSiteHandler } from './sites/put-site.handler.ts';
import { RemoveSiteHandler } from './sites/remove-site.handler.ts';
import { GroupStageRow } from './staging/group-stage.row.ts';
import { StageWatch } from './staging/stage-watch.ts';
import { SiteRow } from './sites/site.row.ts';

await runService({
  name: 'protection',
  context: 'protection',
  database: {
    schema: 'protection',
    entities: [
      SiteRow,
      PolicyRow,
      GroupRow,
      PointRow,
      PinRow,
      ReadinessRow,
      PlanRow,
      PlanVersionRow,
      PlanDrillRow,
      CommitmentRow,
      GroupDrillRow,
      BundleRow,
      BundleTryRow,
      RunRequestRow,
      GroupStageRow,
      FenceLeaseRow,
    ],
    migrations: [
      Protection1790000000001,
      MetadataRpo1790000000201,
      RunStarts1790000000031,
      Joining1790000000501,
      Policies1790000000601,
      Damage1790000000602,
      Drills1790000000701,
      Readiness1790000000801,
      Plans1790000000901,
      Directions1790000000951,
      Evidence1790000001001,
      DrillSchedule1790000001101,
      Quarantine1790000001201,
      Bundles1790000001301,
      Approvals1790000001401,
      Staging1790000001501,
      Reversals1790000001601,
      FenceLeases1790000001701,
    ],
  },
  needs: { clouds: true },
  settings: {
    /** How often each protected group is checked for whether it could be failed over, in seconds; after each new point it is checked at once. */
    LIFEBOAT_READINESS_SECONDS: z.coerce.number().int().min(1).default(300),
    /** After an unplanned failover it is asked of the primary that was given up whether it answers again, but not before so long. */
    LIFEBOAT_LEFT_ALONE_SECONDS: z.coerce.number().int().min(1).default(10),
    /** Where bundles are written by themselves: a directory of the host of recovery-execution, or `swift:CONTAINER`. Without it only where a policy says so. */
    LIFEBOAT_BUNDLE_DIR: BundlePlace.optional(),
    /** So many of each group are kept there. */
    LIFEBOAT_BUNDLE_KEEP: z.coerce.number().int().min(1).default(3),
  },
  providers: [
    PutSiteHandler,
    RunStarts,
    HearRunStarts,
    ListSitesHandler,
    RemoveSiteHandler,
    ProofOfLife,
    PutPolicyHandler,
    ListPoliciesHandler,
    PutGroupHandler,
    PauseGroupHandler,
    ResumeGroupHandler,
    ListGroupsHandler,
    ReadGroupHandler,
    RemoveGroupHandler,
    PutPlanHandler,
    ReadPlanHandler,
    ListPlansHandler,
    ListPlanVersionsHandler,
    RemovePlanHandler,
    VerifyPlanHandler,
    LockGroupHandler,
    UnlockGroupHandler,
    CommitFailoverHandler,
    ReverseGroupHandler,
    ReturnedPrimaries,
    OpenPointHandler,
    SealPointHandler,
    DiscardPointHandler,
    HeedDamage,
    HearDrills,
    HearEventsHandler,
    PinPointHandler,
    UnpinPointHandler,
    RequestPointHandler,
    ListPointsHandler,
    ReadPointHandler,
    RpoLag,
    RpoWatch,
    Scheduler,
    DrillScheduler,
    GroupCheck,
    ReadinessWatch,
    ReadReadinessHandler,
    RequestDrillHandler,
    RequestFailoverHandler,
    RequestPlannedFailoverHandler,
    WaitForDrillsHandler,
    RequestReprotectHandler,
    RequestSwitchTrafficHandler,
    PreviewReprotectHandler,
    RequestFailbackHandler,
    RequestCleanupHandler,
    PrimaryLeftAlone,
    ApproveRunHandler,
    RefuseRunHandler,
    Lapses,
    ListRunRequestsHandler,
    ReadRunRequestHandler,
    EvidenceRecorder,
    ReadEvidenceHandler,
    ListEvidenceHandler,
    Bundles,
    BundleWatch,
    StageWatch,
    GrantClock,
    LeasedServers,
    RenewLeasesHandler,
    EndLeaseHandler,
    LeaseWatch,
    ExportBundleHandler,
    ListBundlesHandler,
    CompilePlanHandler,
    Adoptions,
    PreviewAdoptionHandler,
    RequestAdoptionHandler,
    RestoreGroupHandler,
  ],
});
