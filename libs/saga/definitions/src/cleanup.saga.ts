import { LockGroup, ReleaseDisks, RemoveEntities, StartCleanup, UnlockGroup, UnpinPoint } from '@lifeboat/contracts';
import { every, hours, saga, seconds, to } from '@lifeboat/saga-engine';

/** Remove what an earlier run made at the target. There is no way back from a removal, so the first one is the pivot. */
export const cleanup = saga('cleanup', 1, StartCleanup)
  .onePer((s) => s.groupId)
  .deadline(hours(4))
  .step('release hold of the earlier run', { send: (s) => to(UnlockGroup, { groupId: s.groupId, runId: s.ofRunId }) })
  .step('lock group', {
    send: (s) => to(LockGroup, { groupId: s.groupId, runId: s.runId, purpose: 'cleanup' }),
    undo: (s) => to(UnlockGroup, { groupId: s.groupId, runId: s.runId }),
  })
  .pivot('remove entities', {
    send: (s) => to(RemoveEntities, { groupId: s.groupId, runId: s.ofRunId }),
    retry: every(seconds(5), 12),
  })
  .step('release disks', {
    send: (s) => to(ReleaseDisks, { groupId: s.groupId, runId: s.ofRunId }),
    retry: every(seconds(5), 12),
  })
  .step('unpin recovery point', {
    send: (s) => to(UnpinPoint, { groupId: s.groupId, runId: s.ofRunId }),
    retry: every(seconds(5), 12),
  })
  .step('unlock group', {
    send: (s) => to(UnlockGroup, { groupId: s.groupId, runId: s.runId }),
    retry: every(seconds(5), 12),
  })
  .end();
