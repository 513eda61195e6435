export { done, failed, inProgress, replicationDriver } from './driver.ts';
export type {
  Capabilities,
  Copy,
  Disk,
  DriverIo,
  FailureKind,
  Lag,
  Materialised,
  Needs,
  Outcome,
  PointOfDisk,
  Promoted,
  ReplicationDriver,
  Reversed,
  SiteFacts,
  SitePair,
  SnapshotTaken,
  Support,
  Transferred,
  Verified,
} from './driver.ts';
export { VOLUME_ID } from './recipe.ts';
export type { Recipe, RecipeCall, RecipeWait } from './recipe.ts';
export type { ReplicaPart, Whereabouts } from './whereabouts.ts';
export { bears, markOf, marksOf, tagsOf, textOf } from './mark.ts';
export type { Mark, MarkedFor } from './mark.ts';
export { failureOf, kindOf } from './failure.ts';
export { configured, plain } from './definition.ts';
export type { DriverDefinition, Quiescer, QuiesceOf, Schema, ServeHost } from './definition.ts';
export { driverRegistry } from './registry.ts';
export type { DriverRegistry } from './registry.ts';
export { isOffLimits, offLimits } from './off-limits.ts';
export { chooseDriver } from './choose-driver.ts';
export type { Choice, DriverRule } from './choose-driver.ts';
export { markedIn, usedIn } from './conformance/openstack-eyes.ts';
export { driverConformance } from './conformance/cases.ts';
export { Drive } from './conformance/drive.ts';
export type { Carried } from './conformance/drive.ts';
export type { ConformanceCase } from './conformance/steps.ts';
export type { Bench, Side } from './conformance/bench.ts';
export { postWebhook } from './outside/post-webhook.ts';
export { runCommand } from './outside/run-command.ts';
export type { Running } from './outside/run-command.ts';
export { driverProtocol, remoteDriver, resultOf } from './remote/index.ts';
export type { DriverRequest, RemoteAddress, RemoteDriver, Results } from './remote/index.ts';
