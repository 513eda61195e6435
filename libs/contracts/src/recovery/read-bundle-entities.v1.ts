import { z } from 'zod';
import { request } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';

export const ReadBundleEntities = request({
  context: 'recovery',
  name: 'read-bundle-entities',
  summary: 'What was captured for a point, as a bundle has it, page by page; secrets are sealed.',
  input: z.object({ bundle: BundleRef, pointId: z.string(), cursor: z.number().int() }),
  output: z.object({
    /** Content address of all of it. */
    metadata: z.string(),
    requestedAt: z.string(),
    entities: z.array(z.json()),
    next: z.number().int().optional(),
  }),
});
