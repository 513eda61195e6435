import { z } from 'zod';
import { event } from '../define.ts';
import { Ref } from '../values.ts';

export const DriftFound = event({
  context: 'capture',
  name: 'drift-found',
  summary: 'A sweep found changes that no notification had told of, and has put them right.',
  data: z.object({
    site: z.string(),
    /** When the sweep began; what changed later is not its to find. */
    sweptFrom: z.string(),
    missed: z.number().int(),
    /** The first fifty of them. */
    entities: z.array(Ref.extend({ how: z.enum(['appeared', 'changed', 'gone']) })),
  }),
  sample: {
    site: 'alpha',
    sweptFrom: '2026-01-01T00:00:00.000Z',
    missed: 1,
    entities: [{ kind: 'server', id: 'srv-1', how: 'changed' }],
  },
});
