import { consistencyText, freezeText, quiesceOf, quiesceText } from './quiesce-text.ts';

const held = {
  hook: 'shop-db',
  outcome: 'held',
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-01T00:00:00.812Z',
  ms: 812,
} as const;

describe('what is said of an application that is held still', () => {
  it('is nothing where a policy names no hook', () => {
    expect(quiesceOf({ quiesceAtMost: '30' })).toEqual({});
    expect(freezeText(undefined)).toBe('');
  });

  it('is in a policy the hook, how much it is wanted, and for how long', () => {
    const quiesce = { hook: 'shop-db', need: 'required', atMostSeconds: 5 } as const;
    expect(quiesceOf({ quiesce: 'shop-db', quiesceAtMost: '5', quiesceRequired: true })).toEqual({ quiesce });
    expect(quiesceText(quiesce)).toBe('shop-db, required, at most 5 s');
  });

  it('is for how long, from when to when', () => {
    expect(freezeText(held)).toBe(
      'shop-db held the application still for 812 ms, from 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:00.812Z',
    );
    expect(consistencyText({ consistency: { level: 'application', skewMs: 40, freeze: held } })).toBe(
      'application (skew 40 ms)',
    );
  });

  it('is why not, beside the label that was achieved without', () => {
    const failed = { hook: 'shop-db', outcome: 'failed', why: 'it ended with 1' } as const;
    expect(freezeText(failed)).toBe('shop-db did not hold the application still: it ended with 1');
    expect(consistencyText({ consistency: { level: 'crash-per-disk', skewMs: 40, freeze: failed } })).toBe(
      'crash-per-disk (skew 40 ms), not held still by shop-db',
    );
  });

  it('is loud while nobody knows that it is let go of', () => {
    const { to: _, ms: __, ...open } = held;
    expect(freezeText(open)).toMatch(/^shop-db held .* from 2026-.*; it is NOT known to be let go of$/);
  });
});
