import { z } from 'zod';
import { request } from '../define.ts';
import { SourceServer } from '../values.ts';

export const ListSourceServers = request({
  context: 'recovery',
  name: 'list-source-servers',
  summary: 'The servers of a run at the site that it has left, as far as they still stand, and what they do.',
  input: z.object({ ofRunId: z.string(), source: z.string() }),
  output: z.object({ servers: z.array(SourceServer) }),
});
