import { StartDrill, UnpinPoint } from '@lifeboat/contracts';
import { every, hours, saga, seconds, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { removed } from './fragments/removed.ts';
import { ofRun, pinned } from './fragments/runs.ts';
import type { OfRun } from './fragments/runs.ts';
import { servedFromCopies, servedInWaves } from './fragments/serve-from-copies.ts';

const begun = (version: number) =>
  saga('drill', version, StartDrill)
    .onePer((s) => s.groupId)
    .deadline(hours(12))
    .use(pinned({ rehearsal: true }));

/** It stands as long as somebody wants to look, and is then removed; its point is let go. */
const lookedAt = <S extends OfRun & { readonly keepForSeconds?: number | undefined }>(rows: SagaBuilder<S>) =>
  rows
    .hold('look at it', {
      word: 'end',
      forMs: (s) => (s.keepForSeconds === undefined ? undefined : seconds(s.keepForSeconds)),
      whenOver: () => 'go on',
    })
    .use(removed(ofRun))
    .step('unpin recovery point', { send: (s) => to(UnpinPoint, ofRun(s)), retry: every(seconds(10), 30) });

/**
 * Rehearse a failover: the same rows, from copies of a point, cut off from everything, and then removed. It takes no lock, so that points go on being made, and
 * makes way for a failover.
 */
export const drill = begun(2)
  .use(servedInWaves({ isolated: true }))
  .use(lookedAt)
  .end();

/** As runs began with it before there were plans. */
export const drillV1 = begun(1)
  .use(servedFromCopies({ isolated: true }))
  .use(lookedAt)
  .end();
