import type { ReprotectDisk } from '@lifeboat/contracts';
import { firstPointText } from './reprotect-text.ts';

const GIB = 1024 ** 3;
const disk = (copy: ReprotectDisk['copy'], why: string, bytes: number): ReprotectDisk => ({
  kind: 'volume',
  name: 'data',
  driver: 'blocks',
  copy,
  why,
  bytes,
});
const before = { bytes: 38 * GIB, seconds: 720 };

describe('what the CLI says of the first point of the way back', () => {
  it('says how much of what is copied whole and why, what is compared, and what a first point took before', () => {
    const disks = [
      disk('full', 'it has grown', 40 * GIB),
      disk('full', 'it has grown', GIB),
      disk('deltas', 'stands', 100 * GIB),
      disk('nothing', 'by its application', 0),
    ];
    expect(firstPointText({ disks, before })).toEqual([
      'Full copies of 2 disks, at most 41.0 GiB: it has grown.',
      'Differences of 1 disk of 100.0 GiB, which are compared.',
      'No bytes of 1 disk.',
      'For comparison, the first point of the way here: 12 min, 38.0 GiB sent.',
    ]);
  });

  it('compares nothing with what is no copy', () => {
    expect(firstPointText({ disks: [disk('deltas', 'stands', GIB)], before })).toHaveLength(1);
  });
});
