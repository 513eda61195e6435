import { z } from 'zod';
import { request } from '../define.ts';
import { EntityVersion, Gap } from '../values.ts';

export const ReadHistory = request({
  context: 'capture',
  name: 'read-history',
  summary:
    'One page of the versions of an entity, newest first, each with what it changed; and when nobody was looking. Secrets appear as "(sealed)".',
  input: z.object({
    kind: z.string(),
    id: z.string(),
    /** Needed where two sites know an entity by this id. */
    site: z.string().optional(),
    cursor: z.number().int().optional(),
  }),
  output: z.object({
    site: z.string(),
    versions: z.array(EntityVersion),
    gaps: z.array(Gap),
    next: z.number().int().optional(),
  }),
});
