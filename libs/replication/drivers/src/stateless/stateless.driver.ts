import { done, replicationDriver } from '@lifeboat/replication-driver-api';
import type { ReplicationDriver } from '@lifeboat/replication-driver-api';
import { copyRecipe } from '../openstack/recipes.ts';
import { blankCopy, blankNeeds, blankSupport, releaseBlank } from '../application/blank-copy.ts';

/** For disks that an application fills by itself: caches, scratch space, what is pulled again at its start. */
export const stateless: ReplicationDriver = replicationDriver({
  name: 'stateless',
  api: 1,
  summary: 'Carries no bytes: a copy is a blank volume, which the application fills by itself.',
  can: {
    consistency: 'application',
    carries: 'nothing',
    chosen: 'by-rule',
    incremental: true,
    unplanned: true,
    rollback: 'copies',
    rights: 'member',
    leavesAtSource: [],
  },

  supports: blankSupport,
  needs: blankNeeds,

  async snapshot(_point, _memo, io) {
    return done({ requestedAt: io.now(), completedAt: io.now(), snapshot: null });
  },
  async transfer() {
    return done({ replica: { nothing: true }, bytes: 0 });
  },
  materialise: (point, _replica, copy, memo, io) => blankCopy(point, copy, memo, io),
  recipe: (point, _replica, copy, mark) => copyRecipe({}, point, copy, mark),
  whereabouts: () => ({ parts: [], next: 'nothing', why: 'nothing is carried' }),
  release: (_point, _copy, _memo, io) => releaseBlank(io),
  async discard() {
    return done(null);
  },
});
