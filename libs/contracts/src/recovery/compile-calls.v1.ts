import { z } from 'zod';
import { request } from '../define.ts';
import { BundleSource } from '../values/bundle.ts';

export const CompileCalls = request({
  context: 'recovery',
  name: 'compile-calls',
  summary:
    'The exact API calls by which a point would be recovered, in order; user data of servers is left out. Makes nothing.',
  input: BundleSource,
  output: z.object({ script: z.json() }),
});
