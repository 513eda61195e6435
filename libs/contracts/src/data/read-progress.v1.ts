import { z } from 'zod';
import { request } from '../define.ts';
import { DiskProgress } from '../values.ts';

export const ReadProgress = request({
  context: 'data',
  name: 'read-progress',
  summary: 'How far the work on the disks of a point, or of a run, came; nothing once it is forgotten.',
  input: z.object({ ownerId: z.string() }),
  output: z.object({ disks: z.array(DiskProgress) }),
});
