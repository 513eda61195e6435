import { RemoveOriginals } from '@lifeboat/contracts';
import { every, seconds, to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun } from './runs.ts';
import type { OfRun } from './runs.ts';

/** Until the commit all can be put back. Of a run that did not lead home nothing goes. */
export const originalsRemoved = <S extends OfRun>(rows: SagaBuilder<S, 'after'>) =>
  rows.step('remove originals', {
    send: (s) => to(RemoveOriginals, ofRun(s)),
    keep: ({ removed, left }) => ({ originalsRemoved: removed, originalsLeft: left }),
    retry: every(seconds(10), 30),
  });
