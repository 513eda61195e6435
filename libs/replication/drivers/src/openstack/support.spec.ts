import type { Disk } from '@lifeboat/replication-driver-api';
import { volumeSupport } from './support.ts';

const disk = (status: string, more: Partial<Disk> = {}): Disk => ({
  kind: 'volume',
  id: 'v',
  name: 'data',
  sizeGiB: 1,
  bootable: false,
  encrypted: false,
  multiattach: false,
  status,
  ...more,
});

describe('what drivers carry through Cinder', () => {
  it.each(['available', 'in-use', 'backing-up'])('is a volume that is %s', (status) => {
    expect(volumeSupport(disk(status))).toEqual({ ok: true });
  });

  it.each([
    ['of a shelved server', disk('reserved'), 'unshelve its server'],
    ['in error', disk('error_extending'), 'mend that first'],
    ['that is encrypted', disk('in-use', { encrypted: true }), 'Barbican'],
    ['of several servers', disk('in-use', { multiattach: true }), 'not consistent'],
    ['that is none', disk('ACTIVE', { kind: 'server-root' }), 'root disk'],
  ])('is no volume %s, with the reason', (_what, refused, reason) => {
    expect(volumeSupport(refused)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
