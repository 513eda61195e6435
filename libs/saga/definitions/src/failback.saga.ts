import { RemoveOriginals, StartFailback, StartSource, StopSource } from '@lifeboat/contracts';
import { every, hours, minutes, saga, seconds, to } from '@lifeboat/saga-engine';
import { committed, promoted, provisional, unlocked } from './fragments/committed.ts';
import { drillsGone } from './fragments/drills-gone.ts';
import { captured, carried } from './fragments/point.ts';
import { locked, ofRun, pinned } from './fragments/runs.ts';
import { servedFromCopies } from './fragments/serve-from-copies.ts';

/**
 * Bring a re-protected group to its first home without loss: the rows of a planned failover, with what still stands at home of the group coming back. What
 * the new servers and volumes have taken the place of goes after the commit only: until then all can be put back.
 */
export const failback = saga('failback', 1, StartFailback)
  .onePer((s) => s.groupId)
  .aborts('protect', 'drill')
  .deadline(hours(24))
  .use(locked('failback'))
  .use(captured)
  .step('stop source', {
    send: (s) => to(StopSource, { ...ofRun(s), source: s.primary, metadata: s.metadata }),
    keep: ({ stopped, stoppedAt }) => ({ stopped, stoppedAt }),
    undo: (s) => to(StartSource, { ...ofRun(s), source: s.primary }),
    withinMs: minutes(30),
  })
  .use(carried)
  .use(pinned({ itsOwn: true }))
  .use(drillsGone)
  .use(servedFromCopies({ home: true }))
  .use(provisional)
  .use(committed)
  .use(promoted((s: { readonly primary: string }) => s.primary))
  .step('remove originals', {
    send: (s) => to(RemoveOriginals, { ...ofRun(s) }),
    keep: ({ removed, left }) => ({ originalsRemoved: removed, originalsLeft: left }),
    retry: every(seconds(10), 30),
  })
  .use(unlocked)
  .end();
