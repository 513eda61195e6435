import { z } from 'zod';
import { request } from '../define.ts';
import { Disk } from '../values.ts';

export const ReadDisks = request({
  context: 'capture',
  name: 'read-disks',
  summary: 'The disks of what a group holds now, as last seen.',
  input: z.object({ groupId: z.string() }),
  output: z.object({ disks: z.array(Disk) }),
});
