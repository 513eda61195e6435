import { z } from 'zod';
import { Disk } from './disks.ts';

const RecipeWait = z.object({
  path: z.string(),
  field: z.string(),
  until: z.array(z.string()),
  fail: z.array(z.string()),
});

/** How a disk's copy is made by plain API calls, as its driver says (`Recipe` of the driver contract). */
export const DiskRecipe = z.object({
  disk: Disk,
  driver: z.string(),
  calls: z.array(
    z.object({
      service: z.enum(['compute', 'image', 'volume']),
      method: z.enum(['POST', 'PUT', 'DELETE']),
      path: z.string(),
      body: z.record(z.string(), z.json()),
      first: RecipeWait.optional(),
      wait: RecipeWait.optional(),
    }),
  ),
  gives: z.union([
    z.object({ kind: z.literal('volume'), volumeId: z.string() }),
    z.object({ kind: z.literal('image'), imageId: z.string() }),
    z.literal('by hand'),
  ]),
  byHand: z.array(z.string()).optional(),
});
export type DiskRecipe = z.infer<typeof DiskRecipe>;
