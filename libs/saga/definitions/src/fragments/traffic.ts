import { SwitchTraffic } from '@lifeboat/contracts';
import type { DataOf, ResolvedSwitch } from '@lifeboat/contracts';
import { to } from '@lifeboat/saga-engine';
import type { SagaBuilder } from '@lifeboat/saga-engine';
import { ofRun, whateverItTakes } from './runs.ts';
import type { OfRun } from './runs.ts';

/** How the run leaves the site that it comes from. */
type Leaving = Pick<DataOf<typeof SwitchTraffic>, 'plannedFrom' | 'lost'>;

/**
 * Who uses the group is led to where it serves, when that is certain. A switch that fails is an answer, not a failure of the row: whatever becomes of it, the
 * group serves here, and must not stay locked over a name.
 */
export const trafficSwitched =
  <N>(leaving: (s: N) => Leaving) =>
  <S extends N & OfRun & { readonly traffic?: readonly ResolvedSwitch[] }>(rows: SagaBuilder<S, 'after'>) =>
    rows.step('switch traffic', {
      send: (s) => to(SwitchTraffic, { ...ofRun(s), traffic: [...(s.traffic ?? [])], ...leaving(s) }),
      keep: ({ traffic }) => ({ switched: traffic }),
      retry: whateverItTakes,
    });
