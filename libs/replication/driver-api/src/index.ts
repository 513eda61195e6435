export { done, failed, inProgress, replicationDriver } from './driver.ts';
export type {
  Capabilities, Copy, Disk, DriverIo, FailureKind, Materialised, Needs, Outcome, PointOfDisk, ReplicationDriver, SiteFacts, SnapshotTaken, Transferred,
} from './driver.ts';
