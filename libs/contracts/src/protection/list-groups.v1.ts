import { z } from 'zod';
import { request } from '../define.ts';
import { Group } from '../values.ts';

export const ListGroups = request({
  context: 'protection',
  name: 'list-groups',
  summary: 'All groups.',
  input: z.object({}),
  output: z.object({ groups: z.array(Group) }),
});
