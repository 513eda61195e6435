import type { DataOf, PointPinned } from '@lifeboat/contracts';
import {
  CheckTarget,
  CommitFailover,
  LockGroup,
  MaterialiseDisks,
  PinPoint,
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
export const failover = saga('failover', 1, StartFailover)
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
  })
  .step('unlock group', {
    send: (s) => to(UnlockGroup, ofRun(s)),
    retry: every(seconds(10), 30),
  })
  .end();
