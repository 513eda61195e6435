import { LockGroup, StartSwitchTraffic, SwitchTraffic, UnlockGroup } from '@lifeboat/contracts';
import { hours, saga, to } from '@lifeboat/saga-engine';
import { unlocked } from './fragments/committed.ts';
import { ofRun, whateverItTakes } from './fragments/runs.ts';

/** Do the traffic switches of a committed run again, for somebody who has mended what kept them. Nothing of it is undone: each is right by itself. */
export const switchTraffic = saga('switch-traffic', 1, StartSwitchTraffic)
  .onePer((s) => s.groupId)
  .deadline(hours(4))
  .step('lock group', {
    send: (s) => to(LockGroup, { ...ofRun(s), purpose: 'switch-traffic' }),
    undo: (s) => to(UnlockGroup, ofRun(s)),
  })
  .pivot('switch traffic', {
    send: ({ groupId, runId, ofRunId }) => to(SwitchTraffic, { groupId, runId: ofRunId, again: runId }),
    keep: ({ traffic }) => ({ switched: traffic }),
    retry: whateverItTakes,
  })
  .use(unlocked)
  .end();
