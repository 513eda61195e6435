import { z } from 'zod';
import { event } from '../define.ts';
import { SwitchResult } from '../values.ts';

export const TrafficSwitched = event({
  context: 'recovery',
  name: 'traffic-switched',
  summary: 'All traffic switches of a run were tried until they were done or could not be; what became of each.',
  data: z.object({ runId: z.string(), traffic: z.array(SwitchResult) }),
  sample: {
    runId: 'run-1',
    traffic: [
      {
        switch: 'designate www.shop.example. A at beta',
        outcome: 'switched',
        before: '203.0.113.7 (TTL 3600)',
        after: '198.51.100.9 (TTL 60)',
        at: '2026-01-01T00:00:00.000Z',
      },
    ],
  },
});
