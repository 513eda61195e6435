import { z } from 'zod';
import { request } from '../define.ts';
import { Disk, DriverRule } from '../values.ts';

export const ExplainDisk = request({
  context: 'data',
  name: 'explain-disk',
  summary: 'Which driver would carry a disk between two sites, and why.',
  input: z.object({ disk: Disk, source: z.string(), target: z.string(), rules: z.array(DriverRule) }),
  output: z.object({
    driver: z.string().optional(),
    reasons: z.array(z.object({ driver: z.string(), chosen: z.boolean(), reason: z.string() })),
  }),
});
