import { RemoveStaged, StageEntities, StartStage, StartUnstage } from '@lifeboat/contracts';
import { every, hours, minutes, saga, to } from '@lifeboat/saga-engine';
import { ofRun } from './fragments/runs.ts';

/**
 * What of a group can stand at its recovery site before it is needed is made there, or brought in step. It takes no lock, so that points go on being made, and makes
 * way for a failover. Undone, it leaves what it has made: the next one goes on with that.
 */
export const stage = saga('stage', 1, StartStage)
  .onePer((s) => s.groupId)
  .deadline(hours(2))
  .step('stage entities', {
    send: ({ source, target, metadata, mappings, ...s }) =>
      to(StageEntities, { ...ofRun(s), source, target, metadata, mappings }),
    keep: ({ kinds, quotas }) => ({ kinds, quotas }),
    retry: every(minutes(1), 3),
  })
  .end();

/** And when it is wanted no more it goes. There is no way back from a removal. */
export const unstage = saga('unstage', 1, StartUnstage)
  .onePer((s) => `${s.groupId} ${s.target}`)
  .aborts('stage')
  .deadline(hours(24))
  .pivot('remove staged', {
    send: ({ target, ...s }) => to(RemoveStaged, { ...ofRun(s), of: { target } }),
    keep: ({ removed }) => ({ removed }),
    retry: every(minutes(1), 60),
  })
  .end();
