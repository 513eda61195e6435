import { z } from 'zod';
import { request } from '../define.ts';
import { DiskLag } from '../values.ts';

export const ReadLag = request({
  context: 'data',
  name: 'read-lag',
  summary: 'How far behind the recovery site is, for each disk of a group whose mechanism runs all the time.',
  input: z.object({ groupId: z.string() }),
  output: z.object({ disks: z.array(DiskLag) }),
});
