import type { DiskReplica } from '@lifeboat/contracts';
import { judged, leftOver } from './judged.ts';

const replica: DiskReplica = {
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
  driver: 'block-stream',
  replica: {},
  requestedAt: '2026-01-01T00:00:00.000Z',
  completedAt: '2026-01-01T00:00:01.000Z',
  bytes: 1,
};
const says = {
  parts: [
    { kind: 'volume', id: 'r1' },
    { kind: 'snapshot', id: 's1' },
  ],
  next: 'difference',
  why: '',
} as const;
const thing = (name: string, marks: Readonly<Record<string, string>> = {}, status = 'available') => ({
  name,
  status,
  marks,
});

describe('a replica that is to be adopted', () => {
  it('stands when all its parts do, and says of each what is wrong with it', () => {
    expect(judged(replica, says, [thing('volume r1'), thing('snapshot s1')]).missing).toEqual([]);
    expect(judged(replica, says, [thing('volume r1', {}, 'error_deleting')]).missing).toEqual([
      'volume r1 is in state error_deleting',
      'snapshot s1 is gone',
    ]);
  });

  it('is not adopted where its driver cannot tell', () => {
    expect(judged(replica, { notAdoptable: 'no list shows it' }, []).missing).toEqual(['no list shows it']);
  });
});

describe('what is left over', () => {
  const disks = new Set(['v1']);
  const marked = (name: string, more: Readonly<Record<string, string>>) =>
    thing(name, { lifeboat_disk: 'v1', ...more });

  it('is what bears a mark of the group or its disks, and belongs to no replica', () => {
    const listed = [
      thing('volume mine'),
      marked('snapshot known', { lifeboat_purpose: 'point', lifeboat_point: 'pnt-1' }),
      marked('snapshot old', { lifeboat_purpose: 'point', lifeboat_point: 'pnt-0' }),
      marked('snapshot going', { lifeboat_purpose: 'point', lifeboat_retired: 'yes' }),
      marked('volume copy', { lifeboat_purpose: 'copy', lifeboat_run: 'run-1' }),
      thing('volume other', { lifeboat_disk: 'v9', lifeboat_group: 'other', lifeboat_purpose: 'replica' }),
      thing('volume gone', { lifeboat_disk: 'v2', lifeboat_group: 'shop', lifeboat_purpose: 'replica' }),
    ];
    expect(leftOver('shop', disks, new Set(['snapshot known']), listed)).toEqual([
      'snapshot old (point of point pnt-0)',
      'volume copy (copy of run run-1)',
      'volume gone (replica)',
    ]);
  });
});
