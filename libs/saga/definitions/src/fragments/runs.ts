import type { DataOf, PointPinned, RunKind, RunPlan } from '@lifeboat/contracts';
import { LockGroup, PinPoint, UnlockGroup, UnpinPoint } from '@lifeboat/contracts';
import { every, seconds, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';

export type Pinned = DataOf<typeof PointPinned>;
export type OfRun = Pick<Pinned, 'groupId' | 'runId'>;
export const ofRun = ({ groupId, runId }: OfRun): OfRun => ({ groupId, runId });

/** For what comes after the pivot and needs only our own services. */
export const whateverItTakes = every(seconds(10), 30);

/** The group is this run's alone. */
export const locked =
  (purpose: RunKind) =>
  <S extends OfRun>(rows: SagaBuilder<S>) =>
    rows.step('lock group', {
      send: (s) => to(LockGroup, { ...ofRun(s), purpose }),
      keep: ({ fenceToken }) => ({ fenceToken }),
      undo: (s) => to(UnlockGroup, ofRun(s)),
    });

/**
 * What the run serves from: kept as long as it does. `rehearsal`: the group is not held, so a run that takes it over comes first. `itsOwn`: the point that the run
 * made of servers that it had stopped.
 */
export const pinned =
  (how: { readonly rehearsal?: true; readonly itsOwn?: true } = {}) =>
  <S extends OfRun & { readonly pointId?: string | undefined; readonly plan?: RunPlan | undefined }>(
    rows: SagaBuilder<S>,
  ) =>
    rows.step('pin recovery point', {
      send: (s) =>
        to(PinPoint, {
          ...ofRun(s),
          ...(s.pointId && { pointId: s.pointId }),
          ...(how.itsOwn && { pointId: s.runId, sourceStopped: true }),
          ...(how.rehearsal && { rehearsal: true }),
          ...(s.plan && { plan: s.plan }),
        }),
      keep: ({ pointId, ...known }) => ({ point: pointId, ...known }),
      undo: (s) => to(UnpinPoint, ofRun(s)),
    });
