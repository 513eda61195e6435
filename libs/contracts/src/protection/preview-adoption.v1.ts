import { z } from 'zod';
import { request } from '../define.ts';
import { AdoptFrom, AdoptionPreview } from '../values/adoption.ts';

export const PreviewAdoption = request({
  context: 'protection',
  name: 'preview-adoption',
  summary:
    'What would be adopted from the bundles at a place, point by point, and what would not, and why. Changes nothing.',
  input: AdoptFrom.extend({ groupId: z.string().optional() }),
  output: z.object({ groups: z.array(AdoptionPreview) }),
});
