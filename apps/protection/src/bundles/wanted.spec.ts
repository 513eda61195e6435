import { isDue, wantedBy, whatOf } from './wanted.ts';

const settings = { LIFEBOAT_BUNDLE_DIR: '/srv/bundles', LIFEBOAT_BUNDLE_KEEP: 3 };

describe('bundles that are made by themselves', () => {
  it('stand where the policy says, else where the service does, and nowhere where neither does', () => {
    expect(wantedBy(null, settings)).toEqual({ to: '/srv/bundles', keep: 3 });
    expect(wantedBy({ to: 'swift:runbooks', keep: 9, withoutUserData: true }, settings)).toEqual({
      to: 'swift:runbooks',
      keep: 9,
      withoutUserData: true,
    });
    expect(wantedBy({ never: true }, settings)).toBeUndefined();
    expect(wantedBy({}, { LIFEBOAT_BUNDLE_KEEP: 3 })).toBeUndefined();
  });

  it('are made for each new point, version of the plan and place, and tried again a while after a failure', () => {
    const to = { to: '/srv/bundles', keep: 3 };
    const what = whatOf('pnt-1', { name: 'shop', version: 2 }, to);
    const [then, soon, later] = [0, 30_000, 61_000].map((ms) => new Date(ms)) as [Date, Date, Date];
    expect(isDue(what, null, then)).toBe(true);
    expect(isDue(what, { what, triedAt: then, problem: null }, later)).toBe(false);
    expect(isDue(what, { what, triedAt: then, problem: {} }, soon)).toBe(false);
    expect(isDue(what, { what, triedAt: then, problem: {} }, later)).toBe(true);
    for (const other of [
      whatOf('pnt-2', { name: 'shop', version: 2 }, to),
      whatOf('pnt-1', { name: 'shop', version: 3 }, to),
      whatOf('pnt-1', { name: 'shop', version: 2 }, { ...to, to: '/mnt' }),
    ])
      expect(isDue(other, { what, triedAt: then, problem: null }, soon)).toBe(true);
  });
});
