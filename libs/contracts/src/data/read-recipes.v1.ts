import { z } from 'zod';
import { request } from '../define.ts';
import { DiskReplica, Mappings } from '../values.ts';
import { DiskRecipe } from '../values/recipe.ts';

export const ReadRecipes = request({
  context: 'data',
  name: 'read-recipes',
  summary:
    "How the copies of a point's disks would be made by plain API calls, or by hand. Asks the target which types and zones it has; makes nothing.",
  input: z.object({
    groupId: z.string(),
    runId: z.string(),
    pointId: z.string(),
    target: z.string(),
    disks: z.array(DiskReplica),
    mappings: Mappings,
  }),
  output: z.object({ recipes: z.array(DiskRecipe) }),
});
