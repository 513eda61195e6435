import { z } from 'zod';
import { request } from '../define.ts';

export const ReadFreeze = request({
  context: 'data',
  name: 'read-freeze',
  summary: 'Whether the application that was held still for a point is known to be let go of.',
  input: z.object({ pointId: z.string() }),
  output: z.object({ released: z.boolean() }),
});
