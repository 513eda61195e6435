import { decideLease, heldSince, leftOf, longestOf } from './decide-lease.ts';

const group = { primary: 'alpha', state: 'protected', fenceToken: 3 } as const;
const lease = { ttl: 60 };

describe('the lease of a group', () => {
  it('is granted to agents at its primary while nobody fails it over', () => {
    expect(decideLease(group, 'alpha', lease)).toEqual({ outcome: 'granted', fenceToken: 3, ttlSeconds: 60 });
  });

  it.each(['failing-over', 'failed-over'] as const)(
    'is refused while the group is %s, also without a plan',
    (state) => {
      expect(decideLease({ ...group, state }, 'alpha', lease)).toEqual({ outcome: 'refused', fenceToken: 3 });
      expect(decideLease({ ...group, state }, 'alpha', undefined)).toEqual({ outcome: 'refused', fenceToken: 3 });
    },
  );

  it('is released where the group is not any more, or never had one', () => {
    for (const [there, plans] of [
      [null, lease],
      [{ ...group, primary: 'beta' }, lease],
      [group, undefined],
    ] as const)
      expect(decideLease(there, 'alpha', plans)).toEqual({ outcome: 'released' });
  });

  const report = { groupId: 'shop', fenceToken: 3, ttlSeconds: 600, held: true, stopped: [] };
  const before = { ttlSeconds: 300, heldSince: null };

  it('that is made shorter lasts as long as the agent may still have the longer one', () => {
    expect(longestOf(60, null, undefined)).toBe(60);
    expect(longestOf(60, before, undefined)).toBe(300);
    expect(longestOf(60, before, report)).toBe(600);
    expect(longestOf(60, before, { ...report, ttlSeconds: 60 })).toBe(60);
  });

  it('counts as held from when the agent says that it has it', () => {
    const [then, now] = [new Date(0), new Date(1)];
    expect(heldSince(null, undefined, now)).toBeNull();
    expect(heldSince(before, { ...report, held: false }, now)).toBeNull();
    expect(heldSince(before, report, now)).toBe(now);
    expect(heldSince({ ...before, heldSince: then }, report, now)).toBe(then);
  });

  it('is waited for to its end and a margin', () => {
    expect(leftOf(0, 60, 120)).toBe(180_000);
    expect(leftOf(179_999, 60, 120)).toBe(1);
    expect(leftOf(500_000, 60, 120)).toBe(0);
  });
});
