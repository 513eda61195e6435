import { z } from 'zod';
import { event } from '../define.ts';

export const CaptureRestored = event({
  context: 'capture',
  name: 'capture-restored',
  summary: 'What was captured for a point is kept here again.',
  data: z.object({ pointId: z.string(), metadata: z.string(), entities: z.number().int() }),
  sample: { pointId: 'pnt-1', metadata: 'sha256:00', entities: 12 },
});
