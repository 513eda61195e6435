import type { Disk } from '@lifeboat/contracts';
import { placeCopy } from './place-copies.ts';

const disk: Disk = {
  kind: 'volume',
  id: 'vol-1',
  name: 'data',
  sizeGiB: 1,
  volumeType: 'fast',
  availabilityZone: 'az1',
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
};
const offered = { volumeTypes: new Set(['fast', 'slow']), availabilityZones: new Set(['nova']) };

describe('the place of a copy', () => {
  it('has the type of the same name, and the default zone where the target knows no such zone', () => {
    expect(placeCopy('run-1', disk, {}, offered)).toEqual({ runId: 'run-1', name: 'data', volumeType: 'fast' });
  });

  it('follows the mappings', () => {
    expect(
      placeCopy('run-1', disk, { volumeType: { fast: 'slow' }, availabilityZone: { az1: 'nova' } }, offered),
    ).toMatchObject({ volumeType: 'slow', availabilityZone: 'nova' });
  });

  it('is refused with what could be chosen when the type is not there', () => {
    expect(() => placeCopy('run-1', disk, { volumeType: { fast: 'gold' } }, offered)).toThrow(
      expect.objectContaining({ code: 'volume-type-missing', mend: expect.stringContaining('fast, slow') }),
    );
  });
});
