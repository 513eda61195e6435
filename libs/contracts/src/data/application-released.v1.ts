import { z } from 'zod';
import { event } from '../define.ts';

export const ApplicationReleased = event({
  context: 'data',
  name: 'application-released',
  summary: 'An application of which that was an alarm has been let go of.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    site: z.string(),
    hook: z.string(),
  }),
  sample: { groupId: 'grp-1', pointId: 'pnt-1', site: 'alpha', hook: 'shop-db' },
});
