import { z } from 'zod';
import { event } from '../define.ts';

export const ApplicationHeld = event({
  context: 'data',
  name: 'application-held',
  summary:
    'The application that was held still for a point does not answer that it is let go of: an alarm, until `application-released`. It is asked again and again.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    site: z.string(),
    hook: z.string(),
    /** What it answered last, or that it did not. */
    problem: z.string(),
  }),
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    site: 'alpha',
    hook: 'shop-db',
    problem: 'Hook "shop-db", unquiesce was not done after 60 s.',
  },
});
