import { z } from 'zod';
import { command } from '../define.ts';
import { BundleRef } from '../values/adoption.ts';
import { BundleVerified } from './bundle-verified.v1.ts';

export const VerifyBundle = command({
  context: 'recovery',
  name: 'verify-bundle',
  summary: 'See that a bundle is still the one whose adoption was asked for. Writes nothing.',
  data: z.object({ groupId: z.string(), runId: z.string(), bundle: BundleRef }),
  answer: BundleVerified,
  sample: {
    groupId: 'grp-1',
    runId: 'run-11',
    bundle: { place: '/srv/bundles', group: 'grp-1', name: '20260101T000105000Z-pnt-1', manifest: '00' },
  },
});
