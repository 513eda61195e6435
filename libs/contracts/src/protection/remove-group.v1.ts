import { z } from 'zod';
import { request } from '../define.ts';

export const RemoveGroup = request({
  context: 'protection',
  name: 'remove-group',
  summary: 'End the protection of a group: its points are discarded.',
  input: z.object({ groupId: z.string() }),
  output: z.object({}),
});
