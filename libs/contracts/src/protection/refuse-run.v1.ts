import { z } from 'zod';
import { request } from '../define.ts';
import { PersonName } from '../values.ts';

export const RefuseRun = request({
  context: 'protection',
  name: 'refuse-run',
  summary: 'Refuse a run that awaits approval, or take back what one has asked for oneself: it never begins.',
  input: z.object({ runId: z.string(), by: PersonName, reason: z.string().min(1) }),
  output: z.object({ runId: z.string() }),
});
