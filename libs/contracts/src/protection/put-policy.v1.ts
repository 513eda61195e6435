import { z } from 'zod';
import { request } from '../define.ts';
import { Policy } from '../values.ts';

export const PutPolicy = request({
  context: 'protection',
  name: 'put-policy',
  summary: 'Create or change a policy.',
  input: z.object({ policy: Policy }),
  output: z.object({ policy: Policy }),
});
