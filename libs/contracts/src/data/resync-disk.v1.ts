import { z } from 'zod';
import { request } from '../define.ts';

export const ResyncDisk = request({
  context: 'data',
  name: 'resync-disk',
  summary:
    'What stands for a disk at the recovery site is not to be trusted: the next point compares every byte, and sends what differs.',
  input: z.object({ groupId: z.string(), diskId: z.string() }),
  output: z.object({}),
});
