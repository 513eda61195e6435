import { z } from 'zod';
import { request } from '../define.ts';
import { CaptureReport, Members } from '../values.ts';

export const PreviewGroup = request({
  context: 'capture',
  name: 'preview-group',
  summary:
    'What a group would hold now: members, what they depend on, and what of the project stays unprotected; nothing is stored.',
  input: z.object({ site: z.string(), members: Members }),
  output: z.object({
    entities: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string(), root: z.boolean() })),
    unprotected: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    report: CaptureReport,
  }),
});
