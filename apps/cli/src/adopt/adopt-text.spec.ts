import type { AdoptionPreview } from '@lifeboat/contracts';
import { adoptText, isAdoptable, isRefused } from './adopt-text.ts';

const about = {
  group: 'shop',
  groupName: 'Shop',
  source: 'alpha',
  target: 'beta',
  point: 'pnt-2',
  dataAsOf: '2026-01-01T00:00:10.000Z',
  madeAt: '2026-01-01T00:01:00.000Z',
};
const preview: AdoptionPreview = {
  groupId: 'shop',
  found: {
    bundle: { place: '/srv/bundles', group: 'shop', name: '20260101T000100000Z-pnt-2', manifest: '00' },
    about,
    key: 'ab',
  },
  points: [
    { pointId: 'pnt-2', requestedAt: about.dataAsOf, verdict: 'adopted' },
    { pointId: 'pnt-1', requestedAt: about.dataAsOf, verdict: 'damaged', why: 'image i1 is gone' },
  ],
  disks: [
    { name: 'data', driver: 'image-transfer', next: 'full', why: 'every point is a full copy' },
    { name: 'logs', driver: 'rbd-mirror', why: 'no list shows it' },
  ],
  leftOver: ['volume v9 (copy of run run-1)'],
  warnings: [],
};
const refusal = { code: 'bundle-altered', where: 'x', message: 'It was changed.', mend: 'Take another.' };

describe('what is told before a home is adopted', () => {
  it('says of each point and disk what becomes of it, and what stays', () => {
    const text = adoptText(preview).join('\n');
    for (const told of [
      'signed by the key ab',
      'pnt-2 of 2026-01-01T00:00:10.000Z: adopted',
      'damaged (image i1 is gone)',
      '"data" by image-transfer: the next point is a full copy',
      '"logs" by rbd-mirror: cannot be adopted: no list shows it',
      'left over, and left as it is: volume v9',
    ])
      expect(text).toContain(told);
  });

  it('says why there is no adoption, and how to mend it; a group that is there is no mistake', () => {
    expect(adoptText({ ...preview, refusal }).at(-1)).toBe(
      '  NOT adopted: It was changed. Take another. (bundle-altered)',
    );
    const exists = { ...preview, refusal: { ...refusal, code: 'group-exists' } };
    expect([preview, exists, { ...preview, refusal }].map((one) => [isAdoptable(one), isRefused(one)])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });
});
