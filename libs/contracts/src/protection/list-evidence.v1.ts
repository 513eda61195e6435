import { z } from 'zod';
import { request } from '../define.ts';
import { Evidence } from '../values.ts';

export const ListEvidence = request({
  context: 'protection',
  name: 'list-evidence',
  summary: 'The chain of evidence, oldest first, in pages.',
  input: z.object({ cursor: z.number().int().min(0).optional() }),
  output: z.object({ evidence: z.array(Evidence), next: z.number().int().optional() }),
});
