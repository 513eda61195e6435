import {
  carrierOf,
  hasArrived,
  infoIn,
  isPrimary,
  removalOutstanding,
  snapshotsIn,
  standstill,
  statusIn,
} from './mirror-state.ts';
import { asCloned, asSynced, asSyncing, atSource, INFO_OF_CLONE, INFO_OF_REPLICA, STATUS } from './recorded.ts';

const source = snapshotsIn(atSource);

describe('what rbd of Ceph 16.2 said', () => {
  it('is understood: an image that is not the primary, and a clone of a snapshot that is in the trash', () => {
    expect(isPrimary(infoIn(INFO_OF_REPLICA))).toBe(false);
    expect(infoIn(INFO_OF_CLONE).parent).toMatchObject({ image: 'hand-a', trash: true });
  });

  it('is refused with a sentence when it is something else', () => {
    expect(() => snapshotsIn({ snapshots: [] })).toThrow(/rbd snap ls answers what this driver does not know/);
  });

  it('tells how far a replayer is', () => {
    expect(statusIn(STATUS.syncing).replay).toMatchObject({ replay_state: 'syncing', syncing_percent: 0 });
    expect(statusIn(STATUS.primary).replay).toEqual({});
  });
});

describe('a point', () => {
  it('is carried by the first mirror snapshot after it', () => {
    expect(carrierOf(source, 'snapshot-1')).toBe(5);
    expect(carrierOf(source, 'snapshot-2')).toBe(7);
    expect(carrierOf(source, 'snapshot-3')).toBeUndefined();
  });

  it('has arrived when the mirror snapshot that carries it is complete, not when its name appears', () => {
    expect(hasArrived(snapshotsIn(asSyncing), 'snapshot-2', 7)).toBe(false);
    expect(hasArrived(snapshotsIn(asSynced), 'snapshot-2', 7)).toBe(true);
  });

  it('has arrived with a later mirror snapshot too', () => {
    expect(hasArrived(snapshotsIn(asSynced), 'snapshot-1', 5)).toBe(true);
  });

  it('that was removed at the source is waited for while the news is on its way, and sent when it is not', () => {
    const without = source.filter(({ name }) => name !== 'snapshot-1');
    expect(removalOutstanding(source, snapshotsIn(asSynced))).toBe('none');
    expect(removalOutstanding(without, snapshotsIn(asSynced))).toBe('not-sent');
    expect(removalOutstanding(without, snapshotsIn(asSyncing))).toBe('under-way');
  });

  it('that copies still read from at the target counts as removed', () => {
    expect(removalOutstanding(source.slice(2), snapshotsIn(asCloned))).toBe('none');
  });
});

describe('a standstill', () => {
  it('is seen when no daemon reports, when it met an error, and when the image there was promoted', () => {
    expect(standstill(statusIn(STATUS.unreported), 'beta')).toMatch(/no rbd-mirror of beta reports/);
    expect(standstill(statusIn(STATUS.failed), 'beta')).toMatch(/failed to apply remote image state/);
    expect(standstill(statusIn(STATUS.primary), 'beta')).toMatch(/local image is primary/);
  });

  it('is not seen while it replays or syncs', () => {
    expect(standstill(statusIn(STATUS.syncing), 'beta')).toBeUndefined();
    expect(standstill(statusIn(STATUS.idle), 'beta')).toBeUndefined();
  });
});
