import { quotaShortage, sumOf } from './quota-check.ts';

const quotas = new Map([
  ['volume:volumes', { limit: 10, used: 8 }],
  ['volume:gigabytes', { limit: -1, used: 500 }],
]);

describe('the quota check', () => {
  it('sums what all disks need before it compares', () => {
    const needed = sumOf([
      { 'volume:volumes': 1 },
      { 'volume:volumes': 1 },
      { 'volume:volumes': 1, 'volume:gigabytes': 9 },
    ]);
    expect(quotaShortage('beta', needed, quotas)).toMatchObject({
      code: 'quota-too-small',
      message: expect.stringContaining('volume:volumes needs 3 more, 8 of 10 are used'),
    });
  });

  it('lets pass what just fits, what has no limit and what the site does not tell', () => {
    expect(
      quotaShortage('beta', { 'volume:volumes': 2, 'volume:gigabytes': 9_000, 'image:image_count_total': 9 }, quotas),
    ).toBeUndefined();
  });
});
