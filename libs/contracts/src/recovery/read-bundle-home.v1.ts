import { z } from 'zod';
import { request } from '../define.ts';
import { BundleRef, Home, HomePoint } from '../values/adoption.ts';

export const ReadBundleHome = request({
  context: 'recovery',
  name: 'read-bundle-home',
  summary:
    'What a bundle says of its group, its policy, its plan and its points. Refused when the bundle is another by now.',
  input: z.object({ bundle: BundleRef }),
  output: z.object({ home: Home, points: z.array(HomePoint) }),
});
