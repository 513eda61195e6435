import { StartSource, StopSource } from '@lifeboat/contracts';
import type { RunPlan } from '@lifeboat/contracts';
import { minutes, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { drillsGone } from './drills-gone.ts';
import { captured, carried } from './point.ts';
import { ofRun, pinned } from './runs.ts';
import type { OfRun } from './runs.ts';

/**
 * What a server is like is captured while it runs; then all are stopped, and what they wrote last is carried in a last point, from which the run serves. Undone,
 * the servers that ran are started again.
 */
export const fromLastPoint = <S extends OfRun & { readonly plan?: RunPlan | undefined }>(rows: SagaBuilder<S>) =>
  rows
    .use(captured)
    .step('stop source', {
      send: (s) => to(StopSource, { ...ofRun(s), source: s.primary, metadata: s.metadata }),
      keep: ({ stopped, stoppedAt }) => ({ stopped, stoppedAt }),
      undo: (s) => to(StartSource, { ...ofRun(s), source: s.primary }),
      withinMs: minutes(30),
    })
    .use(carried({ still: true }))
    .use(pinned({ itsOwn: true }))
    .use(drillsGone);
