import { z } from 'zod';
import { request } from '../define.ts';
import { DiskCheck } from '../values.ts';

export const VerifyPoint = request({
  context: 'data',
  name: 'verify-point',
  summary:
    'Read the disks of a point again at the recovery site and compare them, under an id chosen by the caller: begins, or tells how far it came.',
  input: z.object({ pointId: z.string(), checkId: z.string() }),
  output: z.object({ done: z.boolean(), disks: z.array(DiskCheck) }),
});
