import { z } from 'zod';
import { request } from '../define.ts';
import { Mappings, ReprotectDisk, SourceServer } from '../values.ts';

export const PreviewReprotect = request({
  context: 'protection',
  name: 'preview-reprotect',
  summary:
    'What a re-protection would do: which servers it would stop, how much the first point would send, what it would discard. Changes nothing; asks both sites.',
  input: z.object({
    groupId: z.string(),
    mappings: Mappings.optional(),
  }),
  output: z.object({
    /** The roles as they would be. */
    primary: z.string(),
    recovery: z.string(),
    mappings: Mappings,
    /** Of the former primary: all that still stand there, with what they do now. */
    servers: z.array(SourceServer),
    disks: z.array(ReprotectDisk),
    /** For comparison: what the first point of the direction that is to end sent, bytes, and how long it took. */
    before: z.object({ bytes: z.number(), seconds: z.number() }).optional(),
    /** Recovery points of the former direction. */
    discards: z.array(z.string()),
  }),
});
