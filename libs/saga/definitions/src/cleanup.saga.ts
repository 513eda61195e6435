import { LockGroup, ReleaseDisks, RemoveEntities, StartCleanup, UnlockGroup, UnpinPoint } from '@lifeboat/contracts';
import { every, hours, saga, seconds, to } from '@lifeboat/saga-engine';
import { removed, removedWithStage } from './fragments/removed.ts';
import { ofRun } from './fragments/runs.ts';

const again = every(seconds(5), 12);
const earlier = ({ groupId, ofRunId }: { readonly groupId: string; readonly ofRunId: string }) => ({
  groupId,
  runId: ofRunId,
});

const begun = (version: number) =>
  saga('cleanup', version, StartCleanup)
    .onePer((s) => s.groupId)
    .deadline(hours(4))
    .step('release hold of the earlier run', { send: (s) => to(UnlockGroup, earlier(s)) })
    .step('lock group', {
      send: (s) => to(LockGroup, { ...ofRun(s), purpose: 'cleanup' }),
      undo: (s) => to(UnlockGroup, ofRun(s)),
    });

/** Remove what an earlier run made at the target. */
export const cleanup = begun(3)
  .use(removedWithStage(earlier))
  .step('unpin recovery point', { send: (s) => to(UnpinPoint, earlier(s)), retry: again })
  .step('unlock group', { send: (s) => to(UnlockGroup, ofRun(s)), retry: again })
  .end();

/** As runs began with it before anything was staged. */
export const cleanupV2 = begun(2)
  .use(removed(earlier))
  .step('unpin recovery point', { send: (s) => to(UnpinPoint, earlier(s)), retry: again })
  .step('unlock group', { send: (s) => to(UnlockGroup, ofRun(s)), retry: again })
  .end();

/** And before it was looked for leaks. */
export const cleanupV1 = begun(1)
  .pivot('remove entities', { send: (s) => to(RemoveEntities, earlier(s)), retry: again })
  .step('release disks', { send: (s) => to(ReleaseDisks, earlier(s)), retry: again })
  .step('unpin recovery point', { send: (s) => to(UnpinPoint, earlier(s)), retry: again })
  .step('unlock group', { send: (s) => to(UnlockGroup, ofRun(s)), retry: again })
  .end();
