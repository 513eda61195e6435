import { z } from 'zod';
import { request } from '../define.ts';

export const RequestPoint = request({
  context: 'protection',
  name: 'request-point',
  summary: 'Ask for a recovery point now, under an id chosen by the caller (asking twice makes one).',
  input: z.object({ groupId: z.string(), pointId: z.string(), reason: z.string() }),
  output: z.object({ runId: z.string() }),
});
