import { lossText } from './loss-text.ts';

describe('what a failover loses', () => {
  const since = '2026-01-01T00:00:10.000Z';
  it('is nothing, a span that is certain, or not known', () => {
    expect(lossText({ since, seconds: 0, newerPoints: [] })).toBe(
      'lost: nothing, the servers were stopped before the point of 2026-01-01T00:00:10.000Z',
    );
    const until = '2026-01-01T00:00:22.500Z';
    expect(lossText({ since, seconds: 12.5, provenUntil: until, unknownFrom: until, newerPoints: ['p-2'] })).toBe(
      'lost: whatever was written after 2026-01-01T00:00:10.000Z; the primary lived until 2026-01-01T00:00:22.500Z (12.5 s), what it did after that is not known; newer points given up: p-2',
    );
    expect(lossText({ since, seconds: 0, unknownFrom: since, newerPoints: [] })).toContain('not seen alive since');
  });
});
