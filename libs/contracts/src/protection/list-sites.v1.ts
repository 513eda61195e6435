import { z } from 'zod';
import { request } from '../define.ts';
import { Site } from '../values.ts';

export const ListSites = request({
  context: 'protection',
  name: 'list-sites',
  summary: 'All sites with their last proof of life.',
  input: z.object({}),
  output: z.object({ sites: z.array(Site) }),
});
