import { z } from 'zod';
import { request } from '../define.ts';
import { ReprotectDisk } from '../values.ts';

export const PreviewReversal = request({
  context: 'data',
  name: 'preview-reversal',
  summary:
    'What the first point would send of each disk if a group were turned round, and why. Changes nothing; asks both sites for their volumes.',
  input: z.object({ ofRunId: z.string(), source: z.string(), target: z.string() }),
  output: z.object({ disks: z.array(ReprotectDisk) }),
});
