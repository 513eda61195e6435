import { z } from 'zod';
import { request } from '../define.ts';
import { Readiness } from '../values.ts';

export const ReadReadiness = request({
  context: 'protection',
  name: 'read-readiness',
  summary: 'Whether a group could be failed over, as it was found last, or found now.',
  input: z.object({ groupId: z.string(), now: z.boolean().optional() }),
  output: z.object({ readiness: Readiness }),
});
