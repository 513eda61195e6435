import type { DiskReplica } from '@lifeboat/contracts';
import { carriedOtherwise } from './carried-otherwise.ts';

const disk = {
  kind: 'volume',
  id: 'v',
  name: 'db',
  sizeGiB: 1,
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
} as const;
const at = '2026-01-01T00:00:00.000Z';
const of = (more: Partial<DiskReplica>): DiskReplica => ({
  disk,
  driver: 'postgresql',
  replica: null,
  requestedAt: at,
  completedAt: at,
  bytes: 0,
  ...more,
});

describe('before a failover', () => {
  it('says of a disk that its application carries that its copy is blank, and that its promotion cannot be taken back', () => {
    const codes = carriedOtherwise([of({ carries: 'application', rollback: 'none' })]).map(({ code }) => code);
    expect(codes).toEqual(['bytes-by-application', 'no-rollback']);
  });

  it('says of a disk of which nothing is carried that its copy is blank', () => {
    expect(carriedOtherwise([of({ driver: 'stateless', carries: 'nothing' })]).map(({ code }) => code)).toEqual([
      'bytes-not-carried',
    ]);
  });

  it('says nothing of a disk whose bytes are carried', () => {
    expect(carriedOtherwise([of({})])).toEqual([]);
  });
});
