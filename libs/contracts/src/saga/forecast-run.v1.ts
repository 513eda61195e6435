import { z } from 'zod';
import { request } from '../define.ts';
import { Forecast, RunKind } from '../values.ts';

export const ForecastRun = request({
  context: 'saga',
  name: 'forecast-run',
  summary: 'How long a run of a kind will take for a group, by its last runs of that kind and those that stand for it.',
  input: z.object({
    groupId: z.string(),
    kind: RunKind,
    /** Kinds that go the same steps. */
    alike: z.array(RunKind).optional(),
  }),
  output: z.object({ forecast: Forecast.optional() }),
});
