import { z } from 'zod';
import { command } from '../define.ts';
import { WorkloadVerified } from './workload-verified.v1.ts';

export const VerifyWorkload = command({
  context: 'recovery',
  name: 'verify-workload',
  summary: 'Re-capture the target and compare field by field with what was captured: the fidelity receipt.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
  }),
  answer: WorkloadVerified,
  sample: { groupId: 'grp-1', runId: 'run-1' },
});
