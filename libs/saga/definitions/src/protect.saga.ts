import {
  CaptureGroup,
  DiscardDisks,
  DiscardPoint,
  ForgetCapture,
  OpenPoint,
  ReleaseImages,
  ReplicateDisks,
  ReplicateImages,
  SealPoint,
  StartProtect,
} from '@lifeboat/contracts';
import { every, hours, isSuperseded, minutes, saga, seconds, to } from '@lifeboat/saga-engine';

/** Make a recovery point: metadata, images and one point of every disk, sealed only when all are in place. The run is named after the point. */
export const protect = saga('protect', 1, StartProtect)
  .onePer((s) => s.groupId)
  .deadline(hours(24))
  .step('open point', {
    send: (s) => to(OpenPoint, { groupId: s.groupId, pointId: s.runId }),
    keep: ({ primary, recovery, members, policy }) => ({ primary, recovery, members, policy }),
    undo: (s) => to(DiscardPoint, { groupId: s.groupId, pointId: s.runId, reason: 'the point could not be completed' }),
  })
  .step('capture metadata', {
    send: (s) =>
      to(CaptureGroup, {
        groupId: s.groupId,
        pointId: s.runId,
        site: s.primary,
        members: s.members,
        serverRoot: s.policy.serverRoot,
      }),
    keep: ({ metadata, disks, images }) => ({ metadata, disks, imageRefs: images }),
    undo: (s) => to(ForgetCapture, { groupId: s.groupId, pointId: s.runId }),
    withinMs: minutes(15),
    retry: every(seconds(5), 2),
  })
  .both(
    'replicate images',
    {
      send: (s) =>
        to(ReplicateImages, {
          groupId: s.groupId,
          pointId: s.runId,
          source: s.primary,
          target: s.recovery,
          images: s.imageRefs,
        }),
      keep: ({ images }) => ({ images }),
      undo: (s) => to(ReleaseImages, { groupId: s.groupId, pointId: s.runId }),
    },
    'replicate disks',
    {
      send: (s) =>
        to(ReplicateDisks, {
          groupId: s.groupId,
          pointId: s.runId,
          source: s.primary,
          target: s.recovery,
          disks: s.disks,
          rules: s.policy.drivers,
        }),
      keep: ({ disks, consistency, requestedAt }) => ({ replicas: disks, consistency, requestedAt }),
      // A failover has taken over: the primary is lost and is not called any more, whatever is left there.
      undo: (s, why) => to(DiscardDisks, { groupId: s.groupId, pointId: s.runId, sourceLost: isSuperseded(why) }),
    },
  )
  .step('seal point', {
    send: (s) =>
      to(SealPoint, {
        groupId: s.groupId,
        pointId: s.runId,
        metadata: s.metadata,
        images: s.images,
        disks: s.replicas,
        consistency: s.consistency,
        requestedAt: s.requestedAt,
      }),
  })
  .end();
