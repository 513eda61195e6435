import { z } from 'zod';
import { request } from '../define.ts';

export const RemoveSite = request({
  context: 'protection',
  name: 'remove-site',
  summary: 'Forget a site that no group uses.',
  input: z.object({ name: z.string() }),
  output: z.object({}),
});
