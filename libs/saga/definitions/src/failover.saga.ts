import type { DataOf, PointPinned } from '@lifeboat/contracts';
import {
  CheckTarget,
  CommitFailover,
  LockGroup,
  MaterialiseDisks,
  PinPoint,
  PromoteDisks,
  RecreateEntities,
  ReleaseDisks,
  RemoveEntities,
  StartFailover,
  UnlockGroup,
  UnpinPoint,
  VerifyWorkload,
} from '@lifeboat/contracts';
import { every, hours, saga, seconds, to } from '@lifeboat/saga-engine';

type Pinned = DataOf<typeof PointPinned>;
const ofRun = ({ groupId, runId }: Pick<Pinned, 'groupId' | 'runId'>) => ({ groupId, runId });

/** What is rebuilt, from where and to where. No step calls the primary: its name is but a word in a mark. */
const scene = ({ primary, recovery, metadata, images, mappings, ...run }: Omit<Pinned, 'pointId'>) => ({
  ...ofRun(run),
  source: primary,
  target: recovery,
  metadata,
  images,
  mappings,
});

/**
 * Bring a protection group up at its recovery site when the primary is lost. Serves from copies of a pinned point: until the commit the replicas are
 * untouched and everything can be undone.
 */
const untilCommit = (version: number) =>
  saga('failover', version, StartFailover)
    .onePer((s) => s.groupId)
    .supersedes('protect')
    .deadline(hours(12))
    .step('lock group', {
      send: (s) => to(LockGroup, { ...ofRun(s), purpose: 'failover' }),
      keep: ({ fenceToken }) => ({ fenceToken }),
      undo: (s) => to(UnlockGroup, ofRun(s)),
    })
    .step('pin recovery point', {
      send: (s) => to(PinPoint, { ...ofRun(s), ...(s.pointId && { pointId: s.pointId }) }),
      keep: ({ pointId, ...known }) => ({ point: pointId, ...known }),
      undo: (s) => to(UnpinPoint, ofRun(s)),
    })
    .step('check target', {
      send: (s) => to(CheckTarget, { ...scene(s), disks: s.disks }),
      keep: ({ warnings }) => ({ warnings }),
    })
    .step('materialise disks', {
      send: ({ disks, mappings, ...s }) =>
        to(MaterialiseDisks, { ...ofRun(s), pointId: s.point, target: s.recovery, disks, mappings }),
      keep: ({ copies }) => ({ copies }),
      undo: (s) => to(ReleaseDisks, ofRun(s)),
    })
    .step('recreate entities', {
      send: (s) => to(RecreateEntities, { ...scene(s), copies: s.copies }),
      keep: ({ entities }) => ({ entities }),
      undo: (s) => to(RemoveEntities, ofRun(s)),
    })
    .step('verify workload', {
      send: (s) => to(VerifyWorkload, ofRun(s)),
      keep: ({ fields, orphans, doubles }) => ({ fields, orphans, doubles }),
    })
    .pivot('commit failover', {
      send: (s) => to(CommitFailover, { ...ofRun(s), fenceToken: s.fenceToken }),
      keep: ({ committedAt }) => ({ committedAt }),
      retry: every(seconds(10), 30),
    });

const whateverItTakes = every(seconds(10), 30);
const unlocking = (s: Pick<Pinned, 'groupId' | 'runId'>) => to(UnlockGroup, ofRun(s));

/** As runs began with it before there were disks whose driver has no copies to serve from. */
export const failoverV1 = untilCommit(1).step('unlock group', { send: unlocking, retry: whateverItTakes }).end();

/** Of a disk that its application replicates no copy can serve: its standby is promoted when it is certain that the group serves here. */
export const failover = untilCommit(2)
  .step('promote disks', {
    send: (s) => to(PromoteDisks, { ...ofRun(s), pointId: s.point, target: s.recovery, disks: s.disks }),
    keep: ({ promoted }) => ({ promoted }),
    retry: every(seconds(10), 3),
  })
  .step('unlock group', { send: unlocking, retry: whateverItTakes })
  .end();
