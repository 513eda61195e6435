import { z } from 'zod';
import { request } from '../define.ts';
import { GroupMetadata } from '../values.ts';

export const ReadGroupMetadata = request({
  context: 'capture',
  name: 'read-group-metadata',
  summary:
    "How old a group's metadata is, who its members are, and what of its project no group protects; from the store, without a call to the site.",
  input: z.object({ groupId: z.string() }),
  output: z.object({ metadata: GroupMetadata }),
});
