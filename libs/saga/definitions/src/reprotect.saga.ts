import { QuarantineSource, ReverseDisks, ReverseGroup, StartReprotect, TraceOrigins } from '@lifeboat/contracts';
import { every, hours, minutes, saga, seconds, to } from '@lifeboat/saga-engine';
import { unlocked } from './fragments/committed.ts';
import { locked, ofRun, whateverItTakes } from './fragments/runs.ts';

const turned = (version: number) =>
  saga('reprotect', version, StartReprotect)
    .onePer((s) => s.groupId)
    .deadline(hours(4))
    .use(locked('reprotect'))
    .step('trace origins', {
      send: (s) =>
        to(TraceOrigins, {
          ...ofRun(s),
          ofRunId: s.ofRunId,
          members: s.members,
          ...(s.mappingsGiven && { mappingsGiven: s.mappingsGiven }),
        }),
      keep: ({ traced, members, lost }) => ({ traced, membersHere: members, lostMembers: lost }),
      withinMs: minutes(15),
    })
    .step('quarantine', {
      send: (s) => to(QuarantineSource, { ...ofRun(s), ofRunId: s.ofRunId, source: s.to, since: s.committedAt }),
      keep: ({ stopped, gone, servedByBoth }) => ({ stopped, gone, servedByBoth }),
      withinMs: minutes(30),
      retry: every(seconds(10), 3),
    })
    .pivot('reverse group', {
      send: (s) =>
        to(ReverseGroup, {
          ...ofRun(s),
          fenceToken: s.fenceToken,
          ofRunId: s.ofRunId,
          primary: s.from,
          recovery: s.to,
          members: s.membersHere,
          mappings: s.mappings,
        }),
      keep: ({ reversedAt, discarded, kept }) => ({ reversedAt, discarded, kept }),
      retry: every(seconds(10), 30),
    });

/**
 * Protect a group that was failed over where it runs now, towards the site that it came from. What stands for what is kept first, then that site's servers
 * are stopped, so that two sides never serve; that is not undone: whatever becomes of this run, they must not serve. The pivot turns the group round in one
 * transaction; then its disks, before a point of it can begin.
 */
export const reprotect = turned(2)
  .step('reverse disks', {
    send: (s) => to(ReverseDisks, { ...ofRun(s), ofRunId: s.ofRunId, source: s.to, target: s.from }),
    keep: ({ disks }) => ({ reversed: disks }),
    retry: whateverItTakes,
  })
  .use(unlocked)
  .end();

/** As runs began with it when the first point of the new direction always sent everything. */
export const reprotectV1 = turned(1).use(unlocked).end();
