import { trafficFailed, trafficText } from './traffic-text.ts';

const at = '2026-01-01T00:00:00.000Z';
const done = { switch: 'record www.shop.example. A at ns-1', outcome: 'switched', before: 'a', after: 'b', at };
const back = { switch: 'members of web at gamma', outcome: 'put-back', before: 'b', after: 'a', at };
const called = { switch: 'command announce', outcome: 'switched', said: 'announced', at };
const failed = { switch: 'command withdraw', outcome: 'failed', said: 'It refused.', mend: 'Ask it why.', at };

describe('what is said of traffic', () => {
  it('is what led to the group before, and now', () => {
    expect(trafficText({ switched: [done, back, called] })).toEqual([
      'switched: record www.shop.example. A at ns-1: a -> b',
      'put back: members of web at gamma: b -> a',
      'switched: command announce (announced)',
    ]);
    expect(trafficFailed({ switched: [done, back, called] })).toBe(false);
  });

  it('is what was not switched, why, and what to do', () => {
    expect(trafficText({ switched: [failed] })).toEqual(['NOT SWITCHED: command withdraw: It refused. Ask it why.']);
    expect(trafficFailed({ switched: [done, failed] })).toBe(true);
  });

  it('is nothing of runs without any', () => {
    expect([trafficText({ warnings: [] }), trafficFailed({})]).toEqual([[], false]);
  });
});
