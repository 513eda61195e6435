import { z } from 'zod';
import { request } from '../define.ts';

export const ReleaseMember = request({
  context: 'capture',
  name: 'release-member',
  summary:
    "Let go of a member that matches its group's query no more; refused while it matches. Quiet when it has gone.",
  input: z.object({ groupId: z.string(), kind: z.string(), id: z.string() }),
  output: z.object({}),
});
