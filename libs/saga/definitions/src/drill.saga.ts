import { StartDrill, UnpinPoint } from '@lifeboat/contracts';
import { every, hours, saga, seconds, to } from '@lifeboat/saga-engine';
import { removed } from './fragments/removed.ts';
import { ofRun, pinned } from './fragments/runs.ts';
import { servedFromCopies } from './fragments/serve-from-copies.ts';

/**
 * Rehearse a failover: the same rows, from copies of a point, cut off from everything, and then removed. It takes no lock, so that points go on being made, and
 * makes way for a failover.
 */
export const drill = saga('drill', 1, StartDrill)
  .onePer((s) => s.groupId)
  .deadline(hours(12))
  .use(pinned({ rehearsal: true }))
  .use(servedFromCopies({ isolated: true }))
  .hold('look at it', {
    word: 'end',
    forMs: (s) => (s.keepForSeconds === undefined ? undefined : seconds(s.keepForSeconds)),
    whenOver: () => 'go on',
  })
  .use(removed(ofRun))
  .step('unpin recovery point', { send: (s) => to(UnpinPoint, ofRun(s)), retry: every(seconds(10), 30) })
  .end();
