import { WaitForDrills } from '@lifeboat/contracts';
import { to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun } from './runs.ts';
import type { OfRun } from './runs.ts';

/** A drill has taken room, and may hold what the run would find and lose: it was told to go when this run began, and is waited for, though not for ever. */
export const drillsGone = <S extends OfRun>(rows: SagaBuilder<S>) =>
  rows.step('wait for drills', {
    send: (s) => to(WaitForDrills, ofRun(s)),
    keep: ({ stillThere }) => ({ drillsStillThere: stillThere }),
  });
