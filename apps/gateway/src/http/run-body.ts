import { CommitWindow, KeepForSeconds, Mappings, PersonName, planOverrides } from '@lifeboat/contracts';
import { z } from 'zod';

const common = { groupId: z.string(), by: PersonName.optional(), reason: z.string().max(500) };

/** What is asked for, by its kind. */
export const RunBody = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('failover'),
      ...common,
      pointId: z.string().optional(),
      confirmPrimaryLost: z.boolean().default(false),
      commitWindow: CommitWindow.optional(),
      ...planOverrides,
      unfenced: z.literal(true).optional(),
    }),
    z.object({
      kind: z.literal('planned-failover'),
      ...common,
      commitWindow: CommitWindow.optional(),
      ...planOverrides,
    }),
    z.object({ kind: z.literal('reprotect'), ...common, mappings: Mappings.optional() }),
    z.object({ kind: z.literal('failback'), ...common, commitWindow: CommitWindow.optional(), ...planOverrides }),
    z.object({
      kind: z.literal('drill'),
      ...common,
      pointId: z.string().optional(),
      keepForSeconds: KeepForSeconds.optional(),
      ...planOverrides,
    }),
    z.object({ kind: z.literal('cleanup'), ...common, ofRunId: z.string() }),
    z.object({ kind: z.literal('switch-traffic'), ...common, ofRunId: z.string() }),
  ])
  .meta({ id: 'RunBody' });
export type RunBody = z.infer<typeof RunBody>;
