import { judge, SILENT_AFTER_MS } from './judge.ts';
import type { LagRow } from './lags.ts';

const at = new Date('2026-01-01T00:00:00.000Z');
const row = (more: Partial<LagRow> = {}): LagRow => ({
  diskKind: 'volume',
  diskId: 'v',
  name: 'db',
  driver: 'postgresql',
  target: 'beta',
  groupId: 'grp-1',
  seconds: 1,
  bytes: 100,
  healthy: true,
  problem: null,
  measuredAt: at,
  watchedSince: at,
  alarmedAt: null,
  ...more,
});
const later = new Date(at.getTime() + SILENT_AFTER_MS + 1);

describe('replication that runs all the time', () => {
  it('is as healthy as its driver says', () => {
    expect(judge(row(), at)).toEqual({ healthy: true });
    expect(judge(row({ healthy: false, problem: 'no standby' }), at)).toEqual({
      healthy: false,
      problem: 'no standby',
    });
  });

  it.each([
    ['no more', row()],
    ['never', row({ measuredAt: null })],
  ])('is not healthy when somebody is asked and answers %s', (_when, silent) => {
    expect(judge(silent, later)).toEqual({ healthy: false, problem: expect.stringContaining('nobody has answered') });
  });
});
