import { z } from 'zod';
import { request } from '../define.ts';

export const StopWatching = request({
  context: 'capture',
  name: 'stop-watching',
  summary:
    "Stop reading a group's primary at once, calls under way included: a run fails it over. Watching goes on by itself when the run is undone.",
  input: z.object({ groupId: z.string() }),
  output: z.object({}),
});
