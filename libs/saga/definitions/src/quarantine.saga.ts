import { QuarantineSource, StartQuarantine } from '@lifeboat/contracts';
import { every, hours, minutes, saga, seconds, to } from '@lifeboat/saga-engine';
import { ofRun } from './fragments/runs.ts';

/**
 * The site that an unplanned failover has left answers again, and its servers know nothing of that: they are stopped, their ports set down. There is no way back
 * from it, the group serves elsewhere; whether anything is done with what stands there is decided by whoever re-protects the group.
 */
export const quarantine = saga('quarantine', 1, StartQuarantine)
  .onePer((s) => s.groupId)
  .deadline(hours(24))
  .pivot('quarantine', {
    send: (s) =>
      to(QuarantineSource, {
        ...ofRun(s),
        ofRunId: s.ofRunId,
        source: s.site,
        since: s.committedAt,
        portsDown: true,
      }),
    keep: ({ stopped, gone, servedByBoth, portsDown }) => ({ stopped, gone, servedByBoth, portsDown }),
    withinMs: minutes(30),
    retry: every(seconds(30), 20),
  })
  .end();
