import {
  CheckTarget,
  CommitFailover,
  LockGroup,
  MaterialiseDisks,
  PinPoint,
  RecreateEntities,
  ReleaseDisks,
  RemoveEntities,
  StartFailover,
  UnlockGroup,
  UnpinPoint,
  VerifyWorkload,
} from '@lifeboat/contracts';
import { every, hours, saga, seconds, to } from '@lifeboat/saga-engine';

/**
 * Bring a protection group up at its recovery site when the primary is lost. Serves from copies of a pinned point: until the commit the replicas are
 * untouched and everything can be undone. No step names the primary but as a word in a mark.
 */
export const failover = saga('failover', 1, StartFailover)
  .onePer((s) => s.groupId)
  .supersedes('protect')
  .deadline(hours(12))
  .step('lock group', {
    send: (s) => to(LockGroup, { groupId: s.groupId, runId: s.runId, purpose: 'failover' }),
    keep: ({ fenceToken }) => ({ fenceToken }),
    undo: (s) => to(UnlockGroup, { groupId: s.groupId, runId: s.runId }),
  })
  .step('pin recovery point', {
    send: (s) => to(PinPoint, { groupId: s.groupId, runId: s.runId, ...(s.pointId && { pointId: s.pointId }) }),
    keep: ({ pointId, primary, recovery, metadata, images, disks, mappings, requestedAt, rpoSeconds }) => ({
      point: pointId,
      primary,
      recovery,
      metadata,
      images,
      disks,
      mappings,
      requestedAt,
      rpoSeconds,
    }),
    undo: (s) => to(UnpinPoint, { groupId: s.groupId, runId: s.runId }),
  })
  .step('check target', {
    send: (s) =>
      to(CheckTarget, {
        groupId: s.groupId,
        runId: s.runId,
        source: s.primary,
        target: s.recovery,
        metadata: s.metadata,
        images: s.images,
        disks: s.disks,
        mappings: s.mappings,
      }),
    keep: ({ warnings }) => ({ warnings }),
  })
  .step('materialise disks', {
    send: (s) =>
      to(MaterialiseDisks, {
        groupId: s.groupId,
        runId: s.runId,
        pointId: s.point,
        target: s.recovery,
        disks: s.disks,
        mappings: s.mappings,
      }),
    keep: ({ copies }) => ({ copies }),
    undo: (s) => to(ReleaseDisks, { groupId: s.groupId, runId: s.runId }),
  })
  .step('recreate entities', {
    send: (s) =>
      to(RecreateEntities, {
        groupId: s.groupId,
        runId: s.runId,
        source: s.primary,
        target: s.recovery,
        metadata: s.metadata,
        images: s.images,
        copies: s.copies,
        mappings: s.mappings,
      }),
    keep: ({ entities }) => ({ entities }),
    undo: (s) => to(RemoveEntities, { groupId: s.groupId, runId: s.runId }),
  })
  .step('verify workload', {
    send: (s) => to(VerifyWorkload, { groupId: s.groupId, runId: s.runId }),
    keep: ({ fields, orphans, doubles }) => ({ fields, orphans, doubles }),
  })
  .pivot('commit failover', {
    send: (s) => to(CommitFailover, { groupId: s.groupId, runId: s.runId, fenceToken: s.fenceToken }),
    keep: ({ committedAt }) => ({ committedAt }),
    retry: every(seconds(10), 30),
  })
  .step('unlock group', {
    send: (s) => to(UnlockGroup, { groupId: s.groupId, runId: s.runId }),
    retry: every(seconds(10), 30),
  })
  .end();
