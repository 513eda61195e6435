import { z } from 'zod';
import { request } from '../define.ts';
import { Group } from '../values.ts';

export const ReadGroup = request({
  context: 'protection',
  name: 'read-group',
  summary: 'One group.',
  input: z.object({ groupId: z.string() }),
  output: z.object({ group: Group }),
});
