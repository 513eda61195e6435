import { z } from 'zod';
import { request } from '../define.ts';
import { Receipt } from '../values.ts';

export const ReadReceipt = request({
  context: 'recovery',
  name: 'read-receipt',
  summary: 'The fidelity receipt of a run.',
  input: z.object({ runId: z.string() }),
  output: z.object({ receipt: Receipt }),
});
