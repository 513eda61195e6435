import { z } from 'zod';
import { request } from '../define.ts';
import { Home } from '../values/adoption.ts';
import { Bundle, BundlePlace, BundleSource } from '../values/bundle.ts';

export const MakeBundle = request({
  context: 'recovery',
  name: 'make-bundle',
  summary:
    'Write down, signed, how a point is recovered without Lifeboat; of older bundles of the group at that place only so many stay. Reads the target, writes nothing there but into an object store that is the place.',
  input: BundleSource.extend({
    to: BundlePlace,
    keep: z.number().int().min(1).optional(),
    /** For an instance that has to know all of it again. */
    home: Home,
    /** All that are sealed, newest first. */
    points: z.array(z.string()),
  }),
  output: z.object({
    bundle: Bundle,
    /** Names of those that were removed. */
    removed: z.array(z.string()),
  }),
});
