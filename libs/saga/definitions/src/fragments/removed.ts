import { LookForLeaks, ReleaseDisks, RemoveEntities, RemoveStaged } from '@lifeboat/contracts';
import { every, seconds, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import type { OfRun } from './runs.ts';

const whileTheSiteIsAway = every(seconds(5), 12);

const entitiesRemoved =
  <N>(ofWhich: (s: N) => OfRun) =>
  <S extends N & object>(rows: SagaBuilder<S>) =>
    rows.pivot('remove entities', { send: (s) => to(RemoveEntities, ofWhich(s)), retry: whileTheSiteIsAway });

const disksReleased =
  <N>(ofWhich: (s: N) => OfRun) =>
  <S extends N & object>(rows: SagaBuilder<S, 'after'>) =>
    rows
      .step('release disks', { send: (s) => to(ReleaseDisks, ofWhich(s)), retry: whileTheSiteIsAway })
      .step('look for leaks', {
        send: (s) => to(LookForLeaks, ofWhich(s)),
        keep: ({ looked, leaks }) => ({ looked, leaks }),
        retry: whileTheSiteIsAway,
      });

/** All that a run made at the target goes, entities before the disks they use, and then it is looked for. There is no way back from a removal: the first is the pivot. */
export const removed =
  <N>(ofWhich: (s: N) => OfRun) =>
  <S extends N & object>(rows: SagaBuilder<S>) =>
    rows.use(entitiesRemoved(ofWhich)).use(disksReleased(ofWhich));

/** And what stood staged, and served it. */
export const removedWithStage =
  <N>(ofWhich: (s: N) => OfRun) =>
  <S extends N & { readonly runId: string }>(rows: SagaBuilder<S>) =>
    rows
      .use(entitiesRemoved(ofWhich))
      .step('remove staged', {
        send: (s) => {
          const { groupId, runId: takenUpBy } = ofWhich(s);
          return to(RemoveStaged, { groupId, runId: s.runId, of: { takenUpBy } });
        },
        retry: whileTheSiteIsAway,
      })
      .use(disksReleased(ofWhich));
