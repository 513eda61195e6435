import { z } from 'zod';
import { request } from '../define.ts';
import { Bundle } from '../values/bundle.ts';

export const ListBundles = request({
  context: 'protection',
  name: 'list-bundles',
  summary: 'The bundles of a group that were made and not removed by a newer one, newest first.',
  input: z.object({ groupId: z.string() }),
  output: z.object({ bundles: z.array(Bundle) }),
});
