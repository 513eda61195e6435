import { z } from 'zod';
import { request } from '../define.ts';
import { Bundle, BundlePlace } from '../values/bundle.ts';

export const ExportBundle = request({
  context: 'protection',
  name: 'export-bundle',
  summary: 'Write down now, signed, how a point of the group is recovered without Lifeboat.',
  input: z.object({
    groupId: z.string(),
    /** The newest without it. */
    pointId: z.string().optional(),
    to: BundlePlace,
  }),
  output: z.object({ bundle: Bundle }),
});
