import { z } from 'zod';
import { request } from '../define.ts';
import { DiskCopy } from '../values.ts';

export const ListCopies = request({
  context: 'data',
  name: 'list-copies',
  summary: 'The copies made for a run.',
  input: z.object({ runId: z.string() }),
  output: z.object({ copies: z.array(DiskCopy) }),
});
