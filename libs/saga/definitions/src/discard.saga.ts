import { DiscardDisks, DiscardPoint, ForgetCapture, ReleaseImages, StartDiscard } from '@lifeboat/contracts';
import { every, hours, minutes, saga, to } from '@lifeboat/saga-engine';

/** Remove a recovery point everywhere. It is dead from the first step on, so that step is the pivot; refused there while a run has it pinned. */
export const discard = saga('discard', 1, StartDiscard)
  .onePer((s) => s.pointId)
  .deadline(hours(24))
  .pivot('discard point', {
    send: (s) => to(DiscardPoint, { groupId: s.groupId, pointId: s.pointId, reason: s.reason }),
  })
  .step('discard disks', {
    send: (s) =>
      to(DiscardDisks, {
        groupId: s.groupId,
        pointId: s.pointId,
        sourceLost: false,
        ...(s.sourceBack && { sourceBack: s.sourceBack }),
      }),
    retry: every(minutes(1), 60),
  })
  .step('release images', {
    send: (s) =>
      to(ReleaseImages, {
        groupId: s.groupId,
        pointId: s.pointId,
        ...(s.imagesKeptBy !== undefined && { keptBy: s.imagesKeptBy }),
      }),
    retry: every(minutes(1), 60),
  })
  .step('forget capture', {
    send: (s) => to(ForgetCapture, { groupId: s.groupId, pointId: s.pointId }),
    retry: every(minutes(1), 60),
  })
  .end();
