import { z } from 'zod';
import { request } from '../define.ts';
import { Group } from '../values.ts';

export const ResumeGroup = request({
  context: 'protection',
  name: 'resume-group',
  summary: 'Make points by schedule again; quiet when the group is not paused.',
  input: z.object({ groupId: z.string() }),
  output: z.object({ group: Group }),
});
