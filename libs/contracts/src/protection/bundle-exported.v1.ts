import { event } from '../define.ts';
import { Bundle } from '../values/bundle.ts';

export const BundleExported = event({
  context: 'protection',
  name: 'bundle-exported',
  summary: 'How a point is recovered without Lifeboat was written down.',
  data: Bundle,
  sample: {
    groupId: 'grp-1',
    pointId: 'pnt-1',
    plan: { name: 'shop', version: 3 },
    place: '/srv/bundles',
    name: '20260101T000100Z-pnt-1',
    madeAt: '2026-01-01T00:01:05.000Z',
    dataAsOf: '2026-01-01T00:00:10.000Z',
    calls: 96,
    byHand: 0,
    key: '00',
  },
});
