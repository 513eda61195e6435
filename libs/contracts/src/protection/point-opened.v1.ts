import { z } from 'zod';
import { event } from '../define.ts';
import { Members, PolicyRules } from '../values.ts';

export const PointOpened = event({
  context: 'protection',
  name: 'point-opened',
  summary: 'A recovery point was begun; says all that the next steps need.',
  data: z.object({
    groupId: z.string(),
    pointId: z.string(),
    primary: z.string(),
    recovery: z.string(),
    members: Members,
    policy: PolicyRules,
    /** ISO 8601. */
    openedAt: z.string(),
  }),
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    primary: 'alpha',
    recovery: 'beta',
    members: { ids: [{ kind: 'server', id: 'srv-1' }] },
    policy: { drivers: [], serverRoot: 'snapshot' },
    openedAt: '2026-01-01T00:00:00.000Z',
  },
});
