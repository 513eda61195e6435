import { z } from 'zod';
import { request } from '../define.ts';
import { Point } from '../values.ts';

export const ReadPoint = request({
  context: 'protection',
  name: 'read-point',
  summary: 'One recovery point.',
  input: z.object({ pointId: z.string() }),
  output: z.object({ point: Point }),
});
