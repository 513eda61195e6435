import type { LeaseAnswer } from '@lifeboat/contracts';
import { answered, found, isOver, renewEveryMs, reportOf, withStopped } from './lease.ts';
import type { Lease } from './lease.ts';

const sent = { boot: 'b1', upMs: 100_000, wallMs: 1_000_000 };
const web = { id: 'srv-1', name: 'web-1' };
const granted: LeaseAnswer = {
  groupId: 'shop',
  outcome: 'granted',
  fenceToken: 3,
  ttlSeconds: 60,
  servers: [web],
};
const held = answered(undefined, granted, sent) as Lease;
const later = (ms: number) => ({ ...sent, upMs: sent.upMs + ms, wallMs: sent.wallMs + ms });

describe('a lease', () => {
  it('lasts its time from when its renewal was sent', () => {
    expect(isOver(held, later(59_999))).toBe(false);
    expect(isOver(held, later(60_000))).toBe(true);
    const renewed = answered(held, granted, later(50_000)) as Lease;
    expect(isOver(renewed, later(109_999))).toBe(false);
    expect(isOver(renewed, later(110_000))).toBe(true);
  });

  it('ends at once when it is refused, and lives again when it is granted, with what was stopped still on record', () => {
    const refused = answered(held, { groupId: 'shop', outcome: 'refused', fenceToken: 4 }, later(1)) as Lease;
    expect(isOver(refused, later(2))).toBe(true);
    const stopped = withStopped({ ...refused, lostAt: 'then', fencedAt: 'later' }, { ...web, at: 'then' });
    const again = answered(stopped, { ...granted, fenceToken: 4 }, later(3)) as Lease;
    expect(isOver(again, later(4))).toBe(false);
    expect(reportOf(again, later(4))).toEqual({
      groupId: 'shop',
      fenceToken: 4,
      ttlSeconds: 60,
      held: true,
      stopped: [{ ...web, at: 'then' }],
    });
  });

  it('is not renewed by what was granted before a failover had taken the group', () => {
    const refused = answered(held, { groupId: 'shop', outcome: 'refused', fenceToken: 4 }, later(1));
    expect(answered(refused, granted, later(2))).toBe(refused);
    const renewed = answered(held, { ...granted, fenceToken: 4 }, later(1));
    expect(answered(renewed, { groupId: 'shop', outcome: 'refused', fenceToken: 3 }, later(2))).toBe(renewed);
  });

  it('ends without anything being stopped when it is released', () => {
    expect(answered(held, { groupId: 'shop', outcome: 'released' }, later(1))).toBeUndefined();
  });

  it('covers the servers that were told last, and is none before there were any', () => {
    const db = { id: 'srv-2', name: 'db-1' };
    const { servers: _none, ...untold } = granted;
    expect(answered(held, { ...granted, servers: [web, db] }, later(1))?.servers).toEqual([web, db]);
    expect(answered(held, untold, later(1))?.servers).toEqual([web]);
    expect(answered(undefined, untold, sent)).toBeUndefined();
    expect(answered(undefined, { groupId: 'shop', outcome: 'refused', fenceToken: 3 }, sent)).toBeUndefined();
  });

  it('is as old as it is when its process was started again, whatever the wall clock says', () => {
    const wrong = { ...later(30_000), wallMs: 0 };
    expect(isOver(found(held, 'b1', wrong), wrong)).toBe(false);
    expect(isOver(found(held, 'b1', wrong), { upMs: wrong.upMs + 30_000 })).toBe(true);
  });

  it('goes by the wall clock after another boot, and has run out where that was set back', () => {
    const booted = (ms: number) => ({ boot: 'b2', upMs: 5_000, wallMs: sent.wallMs + ms });
    expect(isOver(found(held, 'b1', booted(30_000)), booted(30_000))).toBe(false);
    expect(isOver(found(held, 'b1', booted(30_000)), { upMs: 35_000 })).toBe(true);
    expect(isOver(found(held, 'b1', booted(60_000)), booted(60_000))).toBe(true);
    expect(isOver(found(held, 'b1', booted(-1)), booted(-1))).toBe(true);
  });

  it('is renewed three times in its time, and every five seconds at least', () => {
    expect(renewEveryMs([])).toBe(5_000);
    expect(renewEveryMs([held, { ...held, ttlSeconds: 3 }])).toBe(1_000);
    // Timers take no fractions.
    expect(renewEveryMs([{ ...held, ttlSeconds: 5 }])).toBe(1_666);
  });
});
