import { z } from 'zod';
import { request } from '../define.ts';
import { Group } from '../values.ts';

export const PauseGroup = request({
  context: 'protection',
  name: 'pause-group',
  summary:
    'Make no points by schedule until the group is resumed; one that is being made goes on. Paused already: the same.',
  input: z.object({ groupId: z.string(), reason: z.string() }),
  output: z.object({ group: Group }),
});
