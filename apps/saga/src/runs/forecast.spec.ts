import type { RunStep } from '@lifeboat/contracts';
import { forecastOf } from './forecast.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const step = (name: string, seconds: number, state: RunStep['state'] = 'done'): RunStep => ({
  name,
  state,
  attempts: 1,
  pivot: false,
  startedAt: new Date(START).toISOString(),
  endedAt: new Date(START + seconds * 1_000).toISOString(),
});

describe('how long a run will take', () => {
  it('is not said before there was one', () => {
    expect(forecastOf([['lock'], ['recreate']], [])).toBeUndefined();
  });

  it('is the sum of its steps, half and nine tenths of the earlier ones below it', () => {
    const runs = Array.from({ length: 10 }, (_, n) => [step('lock', 1), step('recreate', n + 1)]);
    expect(forecastOf([['lock'], ['recreate']], runs)).toEqual({
      p50Seconds: 6,
      p90Seconds: 10,
      steps: [
        { name: 'lock', p50Seconds: 1, p90Seconds: 1, runs: 10 },
        { name: 'recreate', p50Seconds: 5, p90Seconds: 9, runs: 10 },
      ],
    });
  });

  it('counts steps that go side by side once, and those that failed or never came not at all', () => {
    const runs = [[step('a', 4), step('b', 9), step('c', 100, 'failed')]];
    expect(forecastOf([['a', 'b'], ['c'], ['d']], runs)).toMatchObject({ p50Seconds: 9, p90Seconds: 9 });
  });
});
