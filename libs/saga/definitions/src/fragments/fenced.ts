import { FencePrimary } from '@lifeboat/contracts';
import type { Pinned } from './runs.ts';
import { minutes, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun } from './runs.ts';

/**
 * A primary that is given up for lost must not serve beside what is made now: by what the plan names, in ways that need not its API. What was fenced stays so
 * when the run is undone: nobody knows whether it would be safe.
 */
export const fenced = <S extends Pick<Pinned, 'groupId' | 'runId' | 'primary' | 'planFence'>>(rows: SagaBuilder<S>) =>
  rows.step('fence primary', {
    send: (s) => to(FencePrimary, { ...ofRun(s), site: s.primary, fence: [...(s.planFence ?? [])] }),
    keep: (answer) => ({ fenced: answer.fenced }),
    withinMs: minutes(60),
  });
