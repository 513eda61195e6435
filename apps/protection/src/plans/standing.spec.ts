import { driftOf, standingOf, wavesCovered } from './standing.ts';
import type { Covers } from './standing.ts';

const group = { members: { tag: 'shop' }, mappings: { flavor: { a: 'b' } } };
const covers: Covers = { ...group, waves: { data: ['s1', 's2'], 'the rest': ['s3'] } };
const verified = { version: 2, covers };

describe('a plan', () => {
  it('needs verification until it was verified, and again after every edit', () => {
    expect(standingOf({ version: 1, verified: null, drift: null }, group)).toMatchObject({
      state: 'needs-verification',
    });
    expect(standingOf({ version: 2, verified, drift: null }, group)).toEqual({ state: 'verified' });
    expect(standingOf({ version: 3, verified, drift: null }, group)).toMatchObject({
      state: 'needs-verification',
      why: expect.stringContaining('version 2') as string,
    });
  });

  it('needs verification at once when the group is chosen or mapped otherwise, and when drift was found', () => {
    const now = { version: 2, verified, drift: null };
    expect(standingOf(now, { ...group, members: { tag: 'other' } }).state).toBe('needs-verification');
    expect(standingOf(now, { ...group, mappings: {} }).state).toBe('needs-verification');
    expect(standingOf({ ...now, drift: 'wave "data" …' }, group)).toMatchObject({ why: 'wave "data" …' });
  });

  it('has drifted when a selector finds others, and not by their order or while nobody has looked', () => {
    const looked = (waves: Covers['waves']) => driftOf(covers, { ...group, waves });
    expect(looked({ data: ['s1', 's2'], 'the rest': ['s3'] })).toBeUndefined();
    expect(looked({ data: ['s1'], 'the rest': ['s2', 's3'] })).toContain('wave "data"');
    expect(looked({ data: ['s1', 's2'] })).toContain('wave "the rest"');
    expect(looked(null)).toBeUndefined();
    const wave = { name: 'data', before: [], probes: [], after: [] };
    const servers = ['s2', 's1'].map((id) => ({ id, name: id }));
    expect(wavesCovered([{ ...wave, servers }])).toEqual({ data: ['s1', 's2'] });
  });
});
