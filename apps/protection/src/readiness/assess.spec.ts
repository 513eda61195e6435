import type { Finding } from '@lifeboat/contracts';
import { assess, isNews, scoreOf } from './assess.ts';

const known = {
  groupId: 'shop',
  point: { pointId: 'pnt-1', damage: null },
  rpoRisk: undefined,
  drillRisk: undefined,
  rtoSeconds: null,
  paused: false,
  planWarnings: [],
  bundleProblem: undefined,
  stagingProblem: undefined,
  lease: { blockers: [], warnings: [] },
};
const noFlavor: Finding = { code: 'flavor-missing', where: 'flavor tiny (1)', message: 'beta has none.' };
const looked = { checks: 40, blockers: [], warnings: [] };

describe('readiness', () => {
  it('is 100 only when nothing stands in the way', () => {
    expect(assess(known, looked, undefined)).toEqual({ score: 100, blockers: [], warnings: [] });
    expect(assess(known, { ...looked, blockers: [noFlavor] }, undefined)).toEqual({
      score: 97,
      blockers: [noFlavor],
      warnings: [],
    });
    expect(scoreOf(10_000, 1)).toBe(99);
    expect(scoreOf(2, 5)).toBe(0);
  });

  it('is 0 where nothing could be looked at: without a point, and when the recovery site does not answer', () => {
    expect(assess({ ...known, point: undefined }, undefined, undefined)).toMatchObject({
      score: 0,
      blockers: [{ code: 'no-recovery-point' }],
    });
    const unanswered = { code: 'site-unreachable', where: 'beta', message: 'beta cannot be reached.' };
    expect(assess(known, { unanswered }, undefined)).toEqual({ score: 0, blockers: [unanswered], warnings: [] });
  });

  it('is refused with a damaged point where no other is left', () => {
    const point = { pointId: 'pnt-1', damage: 'volume data: is gone' };
    expect(assess({ ...known, point }, looked, undefined).blockers).toMatchObject([{ code: 'point-damaged' }]);
  });

  it('warns of an RPO and an RTO that will not be kept, and of a pause', () => {
    const slow = { p50Seconds: 60, p90Seconds: 90, steps: [] };
    const troubled = { ...known, rpoRisk: 'The newest point is old.', rtoSeconds: 80, paused: true };
    expect(assess(troubled, looked, slow).warnings.map(({ code }) => code)).toEqual([
      'rpo-at-risk',
      'group-paused',
      'rto-at-risk',
    ]);
    expect(assess({ ...known, rtoSeconds: 90 }, looked, slow).warnings).toEqual([]);
    const bundleProblem = { code: 'bundle-place-not-writable', where: 'bundle at /srv', message: 'is full.' };
    expect(assess({ ...known, bundleProblem }, looked, undefined)).toMatchObject({
      score: 100,
      warnings: [{ code: 'bundle-failed', where: 'bundle at /srv' }],
    });
    const stagingProblem = { code: 'stage-blocked', where: 'group shop at beta', message: 'beta has no room.' };
    expect(assess({ ...known, stagingProblem }, looked, undefined)).toMatchObject({
      score: 100,
      warnings: [{ code: 'staging-failed', where: 'group shop at beta' }],
    });
  });

  it('is news when the obstacles are others, whatever their order and words', () => {
    const other = { ...noFlavor, where: 'flavor large (2)' };
    expect(isNews(undefined, [])).toBe(false);
    expect(isNews(undefined, [noFlavor])).toBe(true);
    expect(isNews([noFlavor, other], [other, { ...noFlavor, message: 'in other words' }])).toBe(false);
    expect(isNews([noFlavor], [])).toBe(true);
  });
});
