import { lossOf } from './loss.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const served = { requestedAt: at(10), lastProofOfLife: at(22), sourceStopped: false, newerPoints: [] };

describe('what serving from a point loses', () => {
  it('is all from its request to the last proof of life for certain, and nobody knows what after', () => {
    expect(lossOf(served)).toEqual({
      since: '2026-01-01T00:00:10.000Z',
      seconds: 12,
      provenUntil: '2026-01-01T00:00:22.000Z',
      unknownFrom: '2026-01-01T00:00:22.000Z',
      newerPoints: [],
    });
  });

  it('is unknown from its request on when the primary was not seen again', () => {
    for (const lastProofOfLife of [null, at(9)])
      expect(lossOf({ ...served, lastProofOfLife })).toEqual({
        since: '2026-01-01T00:00:10.000Z',
        seconds: 0,
        unknownFrom: '2026-01-01T00:00:10.000Z',
        newerPoints: [],
      });
  });

  it('is nothing when the servers had been stopped before, however long the primary lived', () => {
    const loss = lossOf({ ...served, sourceStopped: true });
    expect(loss).toEqual({ since: '2026-01-01T00:00:10.000Z', seconds: 0, newerPoints: [] });
  });

  it('names the newer points that are given up', () => {
    expect(lossOf({ ...served, newerPoints: ['p-2', 'p-3'] }).newerPoints).toEqual(['p-2', 'p-3']);
  });
});
