import { z } from 'zod';
import { command } from '../define.ts';
import { DiskCopy, ImageReplica, Mappings, Ref } from '../values.ts';
import { EntitiesRecreated } from './entities-recreated.v1.ts';

export const RecreateEntities = command({
  context: 'recovery',
  name: 'recreate-entities',
  summary: 'Recreate the captured entities at the target in computed order; those that stand already are left alone.',
  data: z.object({
    groupId: z.string(),
    runId: z.string(),
    source: z.string(),
    target: z.string(),
    metadata: z.string(),
    images: z.array(ImageReplica),
    copies: z.array(DiskCopy),
    mappings: Mappings,
    /** A drill: nothing of it may reach anything outside of it. */
    isolated: z.literal(true).optional(),
    /** These, and what cannot be made without them, come at a later call: a later wave. */
    withheld: z.array(Ref).optional(),
    /** The run leads home: what stands at the target of the group, its first home, comes back. */
    home: z.literal(true).optional(),
    /** What stands staged of the group at the target serves. */
    staged: z.literal(true).optional(),
  }),
  answer: EntitiesRecreated,
  sample: {
    groupId: 'grp-1',
    runId: 'run-1',
    source: 'alpha',
    target: 'beta',
    metadata: 'sha256:00',
    images: [],
    copies: [],
    mappings: {},
  },
});
