import { z } from 'zod';
import { command } from '../define.ts';
import { ResolvedSwitch } from '../values.ts';
import { TrafficSwitched } from './traffic-switched.v1.ts';

export const SwitchTraffic = command({
  context: 'recovery',
  name: 'switch-traffic',
  summary:
    'After the commit: lead those who use the group to where it serves now, switch after switch. One that fails is told in the answer and stops no other. What stood there is kept before the first change; a repeat keeps that.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    /** Without them those that the run was given before. */
    traffic: z.array(ResolvedSwitch).optional(),
    /** The site that the group has left, in a planned move: it is there. */
    plannedFrom: z.string().optional(),
    /** The site that the group has left, its being lost: nothing of it is called. */
    lost: z.string().optional(),
    /** The run by which somebody has it done again: whoever is called takes it for news. */
    again: z.string().optional(),
  }),
  answer: TrafficSwitched,
  sample: {
    groupId: 'grp-1',
    runId: 'run-1',
    traffic: [
      {
        designate: {
          site: 'beta',
          zone: 'shop.example.',
          name: 'www.shop.example.',
          type: 'A',
          ttl: 60,
          servers: [{ name: 'web-1' }],
        },
        serves: [{ id: 'srv-2', name: 'web-1' }],
      },
    ],
    lost: 'alpha',
  },
});
