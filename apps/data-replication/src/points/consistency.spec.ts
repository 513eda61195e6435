import { achieved } from './consistency.ts';

const at = (requested: number, completed: number) => ({
  requestedAt: new Date(requested).toISOString(),
  completedAt: new Date(completed).toISOString(),
});

describe('the consistency achieved', () => {
  it('is that of each disk alone for snapshots taken one by one, with the widest gap there can be', () => {
    expect(achieved([at(1_000, 1_400), at(1_050, 1_900)], false)).toEqual({ level: 'crash-per-disk', skewMs: 900 });
  });

  it('is across the group for a single disk, and for snapshots taken in one instant', () => {
    expect(achieved([at(1_000, 1_400)], false)).toEqual({ level: 'crash-across-group', skewMs: 0 });
    expect(achieved([at(1_000, 1_400), at(1_000, 1_400)], true).level).toBe('crash-across-group');
  });

  it('is none without disks', () => {
    expect(achieved([], true)).toEqual({ level: 'none' });
  });
});
