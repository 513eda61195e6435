import { z } from 'zod';
import { request } from '../define.ts';

export const AdmitMember = request({
  context: 'capture',
  name: 'admit-member',
  summary: "Let in what a group's query found and its policy keeps waiting. Quiet when it is a member already.",
  input: z.object({ groupId: z.string(), kind: z.string(), id: z.string() }),
  output: z.object({}),
});
