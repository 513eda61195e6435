import { z } from 'zod';
import { event } from '../define.ts';
import { ErrorBody } from '../failure.ts';
import { RunKind, StepState } from '../values.ts';

export const StepChanged = event({
  context: 'saga',
  name: 'step-changed',
  summary: 'A step of a run began, was answered, failed or was undone.',
  data: z.object({
    runId: z.string(),
    kind: RunKind,
    groupId: z.string(),
    step: z.string(),
    state: StepState,
    error: ErrorBody.optional(),
  }),
  sample: { runId: 'run-1', kind: 'failover', groupId: 'grp-1', step: 'lock group', state: 'started' },
});
