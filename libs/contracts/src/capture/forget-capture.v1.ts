import { z } from 'zod';
import { command } from '../define.ts';
import { CaptureForgotten } from './capture-forgotten.v1.ts';

export const ForgetCapture = command({
  context: 'capture',
  name: 'forget-capture',
  summary: 'Forget the captured metadata of a point; quiet when there is none.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
  }),
  answer: CaptureForgotten,
  sample: { groupId: 'grp-1', pointId: 'pnt-1' },
});
