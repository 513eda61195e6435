import { z } from 'zod';
import { request } from '../define.ts';
import { AdoptFrom, FoundBundle } from '../values/adoption.ts';

export const FindBundles = request({
  context: 'recovery',
  name: 'find-bundles',
  summary:
    'The newest bundle of each group at a place, or of one group, or a named one, each verified: its signature, its files, and whether a home can be rebuilt from it. Writes nothing.',
  input: AdoptFrom.extend({ groupId: z.string().optional() }),
  output: z.object({ found: z.array(FoundBundle) }),
});
