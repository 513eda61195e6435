import { z } from 'zod';
import { request } from '../define.ts';
import { LedgerEntry } from '../values.ts';

export const ReadLedger = request({
  context: 'recovery',
  name: 'read-ledger',
  summary: 'What a run made at the target: source and target ids.',
  input: z.object({ runId: z.string() }),
  output: z.object({ target: z.string().optional(), entries: z.array(LedgerEntry) }),
});
