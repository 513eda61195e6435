import { adoptionMessages, adoptionRequests } from './adoption-registry.ts';
import { AdmitMember } from './capture/admit-member.v1.ts';
import { CaptureForgotten } from './capture/capture-forgotten.v1.ts';
import { CaptureGroup } from './capture/capture-group.v1.ts';
import { DiffTopology } from './capture/diff-topology.v1.ts';
import { DriftFound } from './capture/drift-found.v1.ts';
import { ForgetCapture } from './capture/forget-capture.v1.ts';
import { GroupCaptured } from './capture/group-captured.v1.ts';
import { MemberJoined } from './capture/member-joined.v1.ts';
import { MemberStrayed } from './capture/member-strayed.v1.ts';
import { MemberWaiting } from './capture/member-waiting.v1.ts';
import { MetadataRpoExceeded } from './capture/metadata-rpo-exceeded.v1.ts';
import { MetadataRpoMet } from './capture/metadata-rpo-met.v1.ts';
import { PreviewGroup } from './capture/preview-group.v1.ts';
import { ReadAftershocks } from './capture/read-aftershocks.v1.ts';
import { ReadDisks } from './capture/read-disks.v1.ts';
import { ReadGroupMetadata } from './capture/read-group-metadata.v1.ts';
import { ReadHistory } from './capture/read-history.v1.ts';
import { ReadServers } from './capture/read-servers.v1.ts';
import { ReadTopology } from './capture/read-topology.v1.ts';
import { ReleaseMember } from './capture/release-member.v1.ts';
import { StopWatching } from './capture/stop-watching.v1.ts';
import { ApplicationHeld } from './data/application-held.v1.ts';
import { ApplicationReleased } from './data/application-released.v1.ts';
import { DiscardDisks } from './data/discard-disks.v1.ts';
import { DisksDiscarded } from './data/disks-discarded.v1.ts';
import { DisksMaterialised } from './data/disks-materialised.v1.ts';
import { DisksPromoted } from './data/disks-promoted.v1.ts';
import { DisksReleased } from './data/disks-released.v1.ts';
import { DisksReplicated } from './data/disks-replicated.v1.ts';
import { DisksReversed } from './data/disks-reversed.v1.ts';
import { ExplainDisk } from './data/explain-disk.v1.ts';
import { HoldVerb } from './data/hold-verb.v1.ts';
import { ListCopies } from './data/list-copies.v1.ts';
import { ListDrivers } from './data/list-drivers.v1.ts';
import { MaterialiseDisks } from './data/materialise-disks.v1.ts';
import { PreviewReversal } from './data/preview-reversal.v1.ts';
import { PromoteDisks } from './data/promote-disks.v1.ts';
import { ReadFreeze } from './data/read-freeze.v1.ts';
import { ReadLag } from './data/read-lag.v1.ts';
import { ReadProgress } from './data/read-progress.v1.ts';
import { ReadRecipes } from './data/read-recipes.v1.ts';
import { ReleaseDisks } from './data/release-disks.v1.ts';
import { ReplicaDamaged } from './data/replica-damaged.v1.ts';
import { ReplicateDisks } from './data/replicate-disks.v1.ts';
import { ReplicationHealthy } from './data/replication-healthy.v1.ts';
import { ReplicationUnhealthy } from './data/replication-unhealthy.v1.ts';
import { ResyncDisk } from './data/resync-disk.v1.ts';
import { ReverseDisks } from './data/reverse-disks.v1.ts';
import { VerifyPoint } from './data/verify-point.v1.ts';
import { ImagesReleased } from './image/images-released.v1.ts';
import { ImagesReplicated } from './image/images-replicated.v1.ts';
import { ListImageReplicas } from './image/list-image-replicas.v1.ts';
import { ReleaseImages } from './image/release-images.v1.ts';
import { ReplicateImages } from './image/replicate-images.v1.ts';
import { AgentFenced } from './protection/agent-fenced.v1.ts';
import { ApprovalDecided } from './protection/approval-decided.v1.ts';
import { ApprovalWanted } from './protection/approval-wanted.v1.ts';
import { ApproveRun } from './protection/approve-run.v1.ts';
import { BundleExported } from './protection/bundle-exported.v1.ts';
import { BundleFailed } from './protection/bundle-failed.v1.ts';
import { CommitFailover } from './protection/commit-failover.v1.ts';
import { CompilePlan } from './protection/compile-plan.v1.ts';
import { ConsistencyMissed } from './protection/consistency-missed.v1.ts';
import { DiscardPoint } from './protection/discard-point.v1.ts';
import { DrillsGone } from './protection/drills-gone.v1.ts';
import { EndLease } from './protection/end-lease.v1.ts';
import { ExportBundle } from './protection/export-bundle.v1.ts';
import { FailoverCommitted } from './protection/failover-committed.v1.ts';
import { GroupChanged } from './protection/group-changed.v1.ts';
import { GroupLocked } from './protection/group-locked.v1.ts';
import { GroupRemoved } from './protection/group-removed.v1.ts';
import { GroupReversed } from './protection/group-reversed.v1.ts';
import { GroupUnlocked } from './protection/group-unlocked.v1.ts';
import { LeaseMissed } from './protection/lease-missed.v1.ts';
import { LeaseRenewed } from './protection/lease-renewed.v1.ts';
import { ListBundles } from './protection/list-bundles.v1.ts';
import { ListEvidence } from './protection/list-evidence.v1.ts';
import { ListGroups } from './protection/list-groups.v1.ts';
import { ListPlanVersions } from './protection/list-plan-versions.v1.ts';
import { ListPlans } from './protection/list-plans.v1.ts';
import { ListPoints } from './protection/list-points.v1.ts';
import { ListPolicies } from './protection/list-policies.v1.ts';
import { ListRunRequests } from './protection/list-run-requests.v1.ts';
import { ListSites } from './protection/list-sites.v1.ts';
import { LockGroup } from './protection/lock-group.v1.ts';
import { OpenPoint } from './protection/open-point.v1.ts';
import { PauseGroup } from './protection/pause-group.v1.ts';
import { PinPoint } from './protection/pin-point.v1.ts';
import { PlanChanged } from './protection/plan-changed.v1.ts';
import { PlanVerified } from './protection/plan-verified.v1.ts';
import { PointDiscarded } from './protection/point-discarded.v1.ts';
import { PointOpened } from './protection/point-opened.v1.ts';
import { PointPinned } from './protection/point-pinned.v1.ts';
import { PointSealed } from './protection/point-sealed.v1.ts';
import { PointUnpinned } from './protection/point-unpinned.v1.ts';
import { PreviewReprotect } from './protection/preview-reprotect.v1.ts';
import { PutGroup } from './protection/put-group.v1.ts';
import { PutPlan } from './protection/put-plan.v1.ts';
import { PutPolicy } from './protection/put-policy.v1.ts';
import { PutSite } from './protection/put-site.v1.ts';
import { ReadEvidence } from './protection/read-evidence.v1.ts';
import { ReadGroup } from './protection/read-group.v1.ts';
import { ReadPlan } from './protection/read-plan.v1.ts';
import { ReadPoint } from './protection/read-point.v1.ts';
import { ReadRunRequest } from './protection/read-run-request.v1.ts';
import { ReadReadiness } from './protection/read-readiness.v1.ts';
import { ReadinessChanged } from './protection/readiness-changed.v1.ts';
import { RefuseRun } from './protection/refuse-run.v1.ts';
import { RemoveGroup } from './protection/remove-group.v1.ts';
import { RemovePlan } from './protection/remove-plan.v1.ts';
import { RemoveSite } from './protection/remove-site.v1.ts';
import { RequestCleanup } from './protection/request-cleanup.v1.ts';
import { RequestDrill } from './protection/request-drill.v1.ts';
import { RequestFailback } from './protection/request-failback.v1.ts';
import { RequestFailover } from './protection/request-failover.v1.ts';
import { RequestPlannedFailover } from './protection/request-planned-failover.v1.ts';
import { RequestPoint } from './protection/request-point.v1.ts';
import { RequestReprotect } from './protection/request-reprotect.v1.ts';
import { RequestSwitchTraffic } from './protection/request-switch-traffic.v1.ts';
import { ResumeGroup } from './protection/resume-group.v1.ts';
import { ReverseGroup } from './protection/reverse-group.v1.ts';
import { RpoAtRisk } from './protection/rpo-at-risk.v1.ts';
import { RpoKept } from './protection/rpo-kept.v1.ts';
import { SealPoint } from './protection/seal-point.v1.ts';
import { UnlockGroup } from './protection/unlock-group.v1.ts';
import { UnpinPoint } from './protection/unpin-point.v1.ts';
import { VerifyPlan } from './protection/verify-plan.v1.ts';
import { WaitForDrills } from './protection/wait-for-drills.v1.ts';
import { CheckReadiness } from './recovery/check-readiness.v1.ts';
import { CheckTarget } from './recovery/check-target.v1.ts';
import { CompileCalls } from './recovery/compile-calls.v1.ts';
import { EntitiesRecreated } from './recovery/entities-recreated.v1.ts';
import { EntitiesRemoved } from './recovery/entities-removed.v1.ts';
import { EntitiesStaged } from './recovery/entities-staged.v1.ts';
import { FencePrimary } from './recovery/fence-primary.v1.ts';
import { HooksRun } from './recovery/hooks-run.v1.ts';
import { LeaksLookedFor } from './recovery/leaks-looked-for.v1.ts';
import { ListSourceServers } from './recovery/list-source-servers.v1.ts';
import { LookForLeaks } from './recovery/look-for-leaks.v1.ts';
import { PrimaryFenced } from './recovery/primary-fenced.v1.ts';
import { MakeBundle } from './recovery/make-bundle.v1.ts';
import { ProbeWave } from './recovery/probe-wave.v1.ts';
import { OriginalsRemoved } from './recovery/originals-removed.v1.ts';
import { OriginsTraced } from './recovery/origins-traced.v1.ts';
import { QuarantineSource } from './recovery/quarantine-source.v1.ts';
import { ReadLedger } from './recovery/read-ledger.v1.ts';
import { ReadReceipt } from './recovery/read-receipt.v1.ts';
import { RecreateEntities } from './recovery/recreate-entities.v1.ts';
import { RemoveEntities } from './recovery/remove-entities.v1.ts';
import { RemoveStaged } from './recovery/remove-staged.v1.ts';
import { RunHooks } from './recovery/run-hooks.v1.ts';
import { RemoveOriginals } from './recovery/remove-originals.v1.ts';
import { SourceQuarantined } from './recovery/source-quarantined.v1.ts';
import { SourceStarted } from './recovery/source-started.v1.ts';
import { SourceStopped } from './recovery/source-stopped.v1.ts';
import { StageEntities } from './recovery/stage-entities.v1.ts';
import { StagedRemoved } from './recovery/staged-removed.v1.ts';
import { StartSource } from './recovery/start-source.v1.ts';
import { StopSource } from './recovery/stop-source.v1.ts';
import { SwitchTraffic } from './recovery/switch-traffic.v1.ts';
import { TargetChecked } from './recovery/target-checked.v1.ts';
import { TraceOrigins } from './recovery/trace-origins.v1.ts';
import { TrafficSwitched } from './recovery/traffic-switched.v1.ts';
import { VerifyWorkload } from './recovery/verify-workload.v1.ts';
import { WaveProbed } from './recovery/wave-probed.v1.ts';
import { WorkloadVerified } from './recovery/workload-verified.v1.ts';
import { ForecastRun } from './saga/forecast-run.v1.ts';
import { ListRuns } from './saga/list-runs.v1.ts';
import { ReadRun } from './saga/read-run.v1.ts';
import { RunEnded } from './saga/run-ended.v1.ts';
import { RunStarted } from './saga/run-started.v1.ts';
import { StartCleanup } from './saga/start-cleanup.v1.ts';
import { StartDiscard } from './saga/start-discard.v1.ts';
import { StartDrill } from './saga/start-drill.v1.ts';
import { StartFailback } from './saga/start-failback.v1.ts';
import { StartFailover } from './saga/start-failover.v1.ts';
import { StartPlannedFailover } from './saga/start-planned-failover.v1.ts';
import { StartProtect } from './saga/start-protect.v1.ts';
import { StartQuarantine } from './saga/start-quarantine.v1.ts';
import { StartReprotect } from './saga/start-reprotect.v1.ts';
import { StartStage } from './saga/start-stage.v1.ts';
import { StartSwitchTraffic } from './saga/start-switch-traffic.v1.ts';
import { StartUnstage } from './saga/start-unstage.v1.ts';
import { SteerRun } from './saga/steer-run.v1.ts';
import { StepChanged } from './saga/step-changed.v1.ts';
import { RenewLeases } from './site/renew-leases.v1.ts';

/** Every command and event there is: what the AsyncAPI document, the sample check and the consumers are made from. */
export const messages = [
  CaptureForgotten,
  CaptureGroup,
  DriftFound,
  ReplicaDamaged,
  ForgetCapture,
  GroupCaptured,
  MemberJoined,
  MemberStrayed,
  MemberWaiting,
  MetadataRpoExceeded,
  MetadataRpoMet,
  DiscardDisks,
  DisksDiscarded,
  DisksMaterialised,
  DisksPromoted,
  DisksReleased,
  DisksReplicated,
  DisksReversed,
  MaterialiseDisks,
  PromoteDisks,
  ReleaseDisks,
  ReplicateDisks,
  ReplicationHealthy,
  ReplicationUnhealthy,
  ApplicationHeld,
  ApplicationReleased,
  ReverseDisks,
  ImagesReleased,
  ImagesReplicated,
  ReleaseImages,
  ReplicateImages,
  AgentFenced,
  ApprovalDecided,
  ApprovalWanted,
  BundleExported,
  BundleFailed,
  CommitFailover,
  ConsistencyMissed,
  DiscardPoint,
  DrillsGone,
  FailoverCommitted,
  GroupChanged,
  GroupLocked,
  GroupRemoved,
  GroupReversed,
  GroupUnlocked,
  LeaseMissed,
  LeaseRenewed,
  LockGroup,
  OpenPoint,
  PinPoint,
  PlanChanged,
  PlanVerified,
  PointDiscarded,
  PointOpened,
  PointPinned,
  PointSealed,
  PointUnpinned,
  ReverseGroup,
  ReadinessChanged,
  RpoAtRisk,
  RpoKept,
  SealPoint,
  UnlockGroup,
  UnpinPoint,
  WaitForDrills,
  CheckTarget,
  EntitiesRecreated,
  EntitiesRemoved,
  StageEntities,
  EntitiesStaged,
  RemoveStaged,
  StagedRemoved,
  FencePrimary,
  HooksRun,
  LeaksLookedFor,
  LookForLeaks,
  PrimaryFenced,
  ProbeWave,
  RecreateEntities,
  RemoveEntities,
  RunHooks,
  OriginalsRemoved,
  OriginsTraced,
  QuarantineSource,
  RemoveOriginals,
  SourceQuarantined,
  SourceStarted,
  SourceStopped,
  StartSource,
  StopSource,
  SwitchTraffic,
  TargetChecked,
  TraceOrigins,
  TrafficSwitched,
  VerifyWorkload,
  WaveProbed,
  WorkloadVerified,
  RunEnded,
  RunStarted,
  StartCleanup,
  StartDiscard,
  StartDrill,
  StartFailback,
  StartFailover,
  StartPlannedFailover,
  StartProtect,
  StartQuarantine,
  StartStage,
  StartUnstage,
  StartReprotect,
  StartSwitchTraffic,
  StepChanged,
  ...adoptionMessages,
] as const;

export const requests = [
  AdmitMember,
  DiffTopology,
  PreviewGroup,
  ReadAftershocks,
  ReadDisks,
  ReadGroupMetadata,
  ReadHistory,
  ReadServers,
  ReadTopology,
  ReleaseMember,
  StopWatching,
  ExplainDisk,
  HoldVerb,
  ListCopies,
  ListDrivers,
  PreviewReversal,
  ReadFreeze,
  ReadLag,
  ReadProgress,
  ReadRecipes,
  ResyncDisk,
  VerifyPoint,
  ListImageReplicas,
  ApproveRun,
  CompilePlan,
  EndLease,
  ExportBundle,
  ListBundles,
  ListEvidence,
  ListGroups,
  ListPlans,
  ListPlanVersions,
  ListPoints,
  ListPolicies,
  ListRunRequests,
  ListSites,
  PauseGroup,
  PreviewReprotect,
  PutGroup,
  PutPlan,
  PutPolicy,
  PutSite,
  ReadEvidence,
  ReadGroup,
  ReadPlan,
  ReadPoint,
  ReadReadiness,
  ReadRunRequest,
  RefuseRun,
  RemoveGroup,
  RemovePlan,
  RemoveSite,
  RequestCleanup,
  RequestDrill,
  RequestFailback,
  RequestFailover,
  RequestPlannedFailover,
  RequestPoint,
  RequestReprotect,
  RequestSwitchTraffic,
  ResumeGroup,
  VerifyPlan,
  CompileCalls,
  MakeBundle,
  ReadLedger,
  ListSourceServers,
  CheckReadiness,
  ReadReceipt,
  ForecastRun,
  ListRuns,
  ReadRun,
  SteerRun,
  RenewLeases,
  ...adoptionRequests,
] as const;
