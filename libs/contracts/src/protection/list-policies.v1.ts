import { z } from 'zod';
import { request } from '../define.ts';
import { PolicyView } from '../values.ts';

export const ListPolicies = request({
  context: 'protection',
  name: 'list-policies',
  summary: 'All policies.',
  input: z.object({}),
  output: z.object({ policies: z.array(PolicyView) }),
});
