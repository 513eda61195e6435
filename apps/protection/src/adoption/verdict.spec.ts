import { verdictOf } from './verdict.ts';

const point = { pointId: 'pnt-1', requestedAt: '2026-01-01T00:00:00.000Z' };
const standing = (number: number, ...missing: string[]) => ({ pointId: 'pnt-1', standing: number, missing });

describe('what becomes of a point that a bundle names', () => {
  it.each([
    ['all of it stands', standing(2), standing(3), 'adopted', undefined],
    ['it has neither images nor disks', standing(0), standing(0), 'adopted', undefined],
    ['a part of it is gone', standing(2), standing(2, 'image i1 is gone'), 'damaged', 'image i1 is gone'],
    [
      'nothing of it stands',
      standing(0, 'image i2 is gone'),
      standing(0, 'v1 is gone'),
      'left out',
      'v1 is gone; image i2 is gone',
    ],
  ])('when %s', (_when, images, disks, verdict, why) => {
    expect(verdictOf({ point, images, disks })).toEqual({ ...point, verdict, ...(why !== undefined && { why }) });
  });

  it('is nothing when this instance has discarded it', () => {
    expect(verdictOf({ point, known: 'discarding', images: standing(1), disks: standing(1) }).verdict).toBe('left out');
  });
});
