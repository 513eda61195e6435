import { z } from 'zod';
import { request } from '../define.ts';

export const RemovePlan = request({
  context: 'protection',
  name: 'remove-plan',
  summary: 'The group goes by no plan any more; the versions are kept, as runs went by them. Quiet when there is none.',
  input: z.object({ name: z.string() }),
  output: z.object({}),
});
