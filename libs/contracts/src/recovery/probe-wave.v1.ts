import { z } from 'zod';
import { command } from '../define.ts';
import { ResolvedProbe } from '../values.ts';
import { WaveProbed } from './wave-probed.v1.ts';

export const ProbeWave = command({
  context: 'recovery',
  name: 'probe-wave',
  summary: 'Ask the probes of a wave again and again until each has passed; fails when one has not within its time.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    wave: z.string(),
    probes: z.array(ResolvedProbe),
    /** A drill is cut off: what would reach its servers from outside is skipped. */
    isolated: z.literal(true).optional(),
  }),
  answer: WaveProbed,
  sample: {
    groupId: 'grp-1',
    runId: 'run-1',
    wave: 'data',
    probes: [{ tcp: { server: 'db-1', port: 5432 }, serverId: 'srv-1', within: 60 }],
  },
});
