import type { LifeboatError } from '@lifeboat/kernel';
import { asReplica as blockStream, baseOf } from '../block-stream/replica.ts';
import { asReplica as cinderBackup } from '../cinder-backup/chain.ts';
import { asPosition } from '../postgresql/primary.ts';
import { asReplica as rbdMirror } from '../rbd-mirror/replica.ts';
import { idIn } from './stored.ts';

const SECRET = 'c2VjcmV0LWtleS1vZi1hLWRpc2stb2YtMzItYnl0ZXM=';
const BLOCKS = {
  volumeId: 'vol-1',
  snapshotId: 'snp-1',
  sourceSnapshotId: 'snp-0',
  root: 'ab'.repeat(32),
  algorithm: 'blake3-keyed-64k',
  key: SECRET,
};

function refusal(read: () => unknown): LifeboatError {
  try {
    read();
  } catch (thrown) {
    return thrown as LifeboatError;
  }
  throw new Error('it was read');
}

describe('what a driver wrote down of a point', () => {
  it('is read in the form that every release wrote, also with what a later one added', () => {
    expect(blockStream(BLOCKS)).toEqual(BLOCKS);
    expect(blockStream({ ...BLOCKS, later: true })).toMatchObject(BLOCKS);
    expect(cinderBackup({ backupId: 'bak-2', chain: ['bak-1'] })).toEqual({ backupId: 'bak-2', chain: ['bak-1'] });
    expect(rbdMirror({ image: 'volume-1', snapshot: 'snapshot-1' })).toEqual({
      image: 'volume-1',
      snapshot: 'snapshot-1',
    });
    expect(asPosition({ lsn: '0/1', systemIdentifier: '7' })).toEqual({ lsn: '0/1', systemIdentifier: '7' });
    expect(idIn('image-transfer', { imageId: 'img-1', hash: null }, 'imageId')).toBe('img-1');
  });

  it.each([
    ['block-stream', 'snapshotId', () => blockStream({ ...BLOCKS, snapshotId: 7 })],
    ['block-stream', 'root', () => blockStream({ ...BLOCKS, root: 'short' })],
    ['cinder-backup', 'chain.0', () => cinderBackup({ backupId: 'bak-2', chain: [null] })],
    ['rbd-mirror', 'image', () => rbdMirror({ snapshot: 'snapshot-1' })],
    ['postgresql', 'lsn', () => asPosition({ systemIdentifier: '7' })],
    ['image-transfer', 'imageId', () => idIn('image-transfer', {}, 'imageId')],
  ])('is refused where it does not fit: of %s, at %s', (driver, field, read) => {
    expect(refusal(read)).toMatchObject({ code: 'replica-unreadable', data: { driver, field } });
  });

  it('is not built on where it cannot be read', () => {
    expect(baseOf({ base: BLOCKS })).toEqual(BLOCKS);
    expect(baseOf({ base: { written: 'by a later release' } })).toBeUndefined();
    expect(baseOf({})).toBeUndefined();
  });

  it('is refused without a word of what is in it', () => {
    const { message, data } = refusal(() => blockStream({ ...BLOCKS, key: [SECRET] }));
    expect(message).toContain('"key"');
    expect(JSON.stringify([message, data])).not.toContain(SECRET);
  });
});
