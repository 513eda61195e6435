import { z } from 'zod';
import { request } from '../define.ts';
import { CapturedEntity } from '../values.ts';

export const ReadTopology = request({
  context: 'capture',
  name: 'read-topology',
  summary: 'One page of a captured topology; follow next until it is absent.',
  input: z.object({ metadata: z.string(), cursor: z.number().int().optional() }),
  output: z.object({ entities: z.array(CapturedEntity), next: z.number().int().optional() }),
});
