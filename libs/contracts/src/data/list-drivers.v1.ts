import { z } from 'zod';
import { request } from '../define.ts';

const DriverSummary = z.object({
  name: z.string(),
  api: z.number().int(),
  summary: z.string(),
  origin: z.enum(['built-in', 'package', 'remote']),
  /** The package that brought it, as the drivers file names it. */
  from: z.string().optional(),
  /** It cannot be asked now, and why: a remote driver is away. */
  problem: z.string().optional(),
  can: z.object({
    consistency: z.enum(['crash-per-disk', 'crash-across-group', 'application']),
    carries: z.enum(['bytes', 'application', 'nothing']),
    incremental: z.boolean(),
    unplanned: z.boolean(),
    whyPlanned: z.string().optional(),
    rollback: z.enum(['copies', 'none']),
    rights: z.enum(['member', 'admin']),
    leavesAtSource: z.array(z.string()),
  }),
  /** Verbs that it need not have, and has. */
  offers: z.array(z.string()),
});
export type DriverSummary = z.infer<typeof DriverSummary>;

export const ListDrivers = request({
  context: 'data',
  name: 'list-drivers',
  summary:
    'The replication drivers that there are, what they can do and where they come from, in the order in which they are preferred.',
  input: z.object({}),
  output: z.object({ drivers: z.array(DriverSummary) }),
});
