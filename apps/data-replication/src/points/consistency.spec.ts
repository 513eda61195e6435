import { achieved } from './consistency.ts';

const at = (requested: number, completed: number, more: { instant?: string; quiesced?: 'file-systems' } = {}) => ({
  requestedAt: new Date(requested).toISOString(),
  completedAt: new Date(completed).toISOString(),
  ...more,
});

describe('the consistency achieved', () => {
  it('is that of each disk alone for snapshots taken one by one, with the widest gap there can be', () => {
    expect(achieved([at(1_000, 1_400), at(1_050, 1_900)])).toEqual({ level: 'crash-per-disk', skewMs: 900 });
  });

  it('is across the group for a single disk, and for snapshots of one instant', () => {
    expect(achieved([at(1_000, 1_400)])).toEqual({ level: 'crash-across-group', skewMs: 0 });
    const both = [at(1_000, 1_400, { instant: 'gs-1' }), at(1_000, 1_500, { instant: 'gs-1' })];
    expect(achieved(both)).toEqual({ level: 'crash-across-group', skewMs: 0 });
  });

  it('is not across the group when one of the disks was taken by something else', () => {
    const mixed = [at(1_000, 1_400, { instant: 'gs-1' }), at(1_000, 1_400, { instant: 'gs-2' })];
    expect(achieved(mixed)).toEqual({ level: 'crash-per-disk', skewMs: 400 });
    expect(achieved([at(1_000, 1_400, { instant: 'gs-1' }), at(1_000, 1_400)]).level).toBe('crash-per-disk');
  });

  it('is quiesced only when every snapshot says so, and tells how far they lie apart', () => {
    const frozen = { quiesced: 'file-systems' as const };
    expect(achieved([at(1_000, 1_400, frozen), at(1_000, 1_600, frozen)])).toEqual({ level: 'quiesced', skewMs: 600 });
    expect(achieved([at(1_000, 1_400, frozen), at(1_000, 1_600)]).level).toBe('crash-per-disk');
  });

  it('is what a hook achieves that held the application still for all snapshots, whatever their drivers say', () => {
    const apart = [at(1_000, 1_400), at(1_050, 1_900, { quiesced: 'file-systems' })];
    expect(achieved(apart, 'application')).toEqual({ level: 'application', skewMs: 900 });
    expect(achieved(apart, 'quiesced')).toEqual({ level: 'quiesced', skewMs: 900 });
    expect(achieved([at(1_000, 1_400)], 'quiesced')).toEqual({ level: 'quiesced', skewMs: 0 });
    expect(achieved([], 'application')).toEqual({ level: 'none' });
  });

  it('is none without disks', () => {
    expect(achieved([])).toEqual({ level: 'none' });
  });
});
