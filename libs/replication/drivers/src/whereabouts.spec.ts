import type { Json } from '@lifeboat/kernel';
import type { Disk, Whereabouts } from '@lifeboat/replication-driver-api';
import { builtIn } from './registry.ts';

const disk: Disk = {
  kind: 'volume',
  id: 'v1',
  name: 'data',
  sizeGiB: 2,
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
};

const whereaboutsOf = (name: string, replica: Json): Whereabouts | undefined =>
  builtIn
    .find((one) => one.name === name)
    ?.create(undefined)
    .whereabouts?.(disk, replica);

describe('the whereabouts of a replica', () => {
  it('are what every driver of ours tells, or why they cannot be told', () => {
    expect(builtIn.filter(({ create }) => !create(undefined).whereabouts).map(({ name }) => name)).toEqual([]);
  });

  it('of an incremental backup are all that a restore reads', () => {
    expect(whereaboutsOf('cinder-backup', { backupId: 'b3', chain: ['b1', 'b2'] })).toMatchObject({
      parts: ['b1', 'b2', 'b3'].map((id) => ({ kind: 'backup', id })),
      next: 'difference',
    });
  });

  it('of a block stream are the replica volume and the snapshot that is the point', () => {
    const made = { sourceSnapshotId: 's0', root: '0'.repeat(64), algorithm: 'blake3', key: 'a2V5' };
    expect(whereaboutsOf('block-stream', { volumeId: 'r1', snapshotId: 's1', ...made })).toMatchObject({
      parts: [
        { kind: 'volume', id: 'r1' },
        { kind: 'snapshot', id: 's1' },
      ],
    });
  });

  it.each(['rbd-mirror', 'cinder-replication'])('of %s are known to its storage alone', (name) => {
    expect(whereaboutsOf(name, { volumeId: 'v1', source: 'alpha' })).toEqual({
      notAdoptable: expect.stringContaining(name === 'rbd-mirror' ? 'Ceph' : 'storage'),
    });
  });
});
