import type { DiskReplica } from '@lifeboat/contracts';
import { plannedOnlyBlockers } from './planned-only.ts';

const carried = (driver: string, plannedOnly?: string): DiskReplica => ({
  disk: {
    kind: 'volume',
    id: 'v1',
    name: 'data',
    sizeGiB: 1,
    bootable: false,
    encrypted: false,
    multiattach: false,
    status: 'in-use',
  },
  driver,
  replica: null,
  requestedAt: '2026-01-01T00:00:00.000Z',
  completedAt: '2026-01-01T00:00:01.000Z',
  bytes: 0,
  ...(plannedOnly !== undefined && { plannedOnly }),
});

it('blocks a recovery for a disk whose driver needs the primary, and says why and what to do', () => {
  const blockers = plannedOnlyBlockers([
    carried('rbd-mirror'),
    carried('cinder-replication', 'nobody is there to ask'),
  ]);
  expect(blockers).toEqual([
    {
      code: 'driver-planned-only',
      where: 'volume data (v1)',
      message: 'driver cinder-replication serves planned moves alone: nobody is there to ask.',
      mend: expect.stringContaining('another driver than cinder-replication') as string,
    },
  ]);
});
