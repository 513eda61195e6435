import { z } from 'zod';
import { request } from '../define.ts';
import { AdoptFrom } from '../values/adoption.ts';

export const RequestAdoption = request({
  context: 'protection',
  name: 'request-adoption',
  summary:
    'Rebuild the home of a group from its bundle, after the instance that kept it was lost. Asking twice under one id is the same as once.',
  input: AdoptFrom.extend({ runId: z.string(), groupId: z.string(), reason: z.string() }),
  output: z.object({ runId: z.string() }),
});
