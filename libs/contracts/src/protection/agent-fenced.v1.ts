import { z } from 'zod';
import { event } from '../define.ts';
import { StoppedByAgent } from '../values.ts';

export const AgentFenced = event({
  context: 'protection',
  name: 'agent-fenced',
  summary:
    "An agent tells that it has stopped a group's servers at their primary by itself, since its lease had ended. Nobody starts them but a person.",
  data: z.object({
    groupId: z.string(),
    site: z.string(),
    agent: z.string(),
    lostAt: z.string(),
    fencedAt: z.string(),
    stopped: z.array(StoppedByAgent),
  }),
  sample: {
    groupId: 'grp-1',
    site: 'alpha',
    agent: 'fence-1',
    lostAt: '2026-01-01T00:01:00.000Z',
    fencedAt: '2026-01-01T00:01:20.000Z',
    stopped: [{ id: 'srv-1', name: 'web-1', at: '2026-01-01T00:01:00.100Z' }],
  },
});
