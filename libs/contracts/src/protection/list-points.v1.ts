import { z } from 'zod';
import { request } from '../define.ts';
import { Point } from '../values.ts';

export const ListPoints = request({
  context: 'protection',
  name: 'list-points',
  summary: 'The recovery points of a group, newest first.',
  input: z.object({ groupId: z.string() }),
  output: z.object({ points: z.array(Point) }),
});
