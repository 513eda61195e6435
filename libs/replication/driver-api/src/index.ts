export { done, failed, inProgress, replicationDriver } from './driver.ts';
export type {
  Capabilities,
  Copy,
  Disk,
  DriverIo,
  FailureKind,
  Materialised,
  Needs,
  Outcome,
  PointOfDisk,
  ReplicationDriver,
  SiteFacts,
  SnapshotTaken,
  Transferred,
} from './driver.ts';
export { bears, markOf, tagsOf, textOf } from './mark.ts';
export type { Mark, MarkedFor } from './mark.ts';
export { failureOf, kindOf } from './failure.ts';
export { driverRegistry } from './registry.ts';
export type { DriverRegistry } from './registry.ts';
export { offLimits } from './off-limits.ts';
export { chooseDriver } from './choose-driver.ts';
export type { Choice, DriverRule } from './choose-driver.ts';
export { markedIn, usedIn } from './conformance/openstack-eyes.ts';
export { driverConformance } from './conformance/cases.ts';
export type { Bench, Side } from './conformance/bench.ts';
