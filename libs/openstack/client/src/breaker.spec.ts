import { unavailable } from '@lifeboat/kernel';
import { Breaker } from './breaker.ts';

const away = unavailable('site-unreachable', 'away');

describe('the breaker', () => {
  it('fails at once after one silence, lets one probe through later, and closes when it is answered', () => {
    let now = 0;
    const breaker = new Breaker(() => now);
    expect(breaker.silent('a')).toBeUndefined();
    breaker.missed('a', away);
    expect(breaker.silent('a')).toBe(away);
    now = 6_000;
    expect(breaker.silent('a')).toBeUndefined();
    expect(breaker.silent('a')).toBe(away);
    breaker.reached('a');
    expect(breaker.silent('a')).toBeUndefined();
  });

  it('does not hold one silent host against the others', () => {
    const breaker = new Breaker(() => 0);
    breaker.missed('a', away);
    expect(breaker.silent('b')).toBeUndefined();
  });

  it('holds the site to be lost when a second host is silent, until any answers', () => {
    const breaker = new Breaker(() => 0);
    breaker.missed('a', away);
    breaker.missed('b', away);
    expect(breaker.silent('c')).toBe(away);
    breaker.reached('d');
    expect(breaker.silent('c')).toBeUndefined();
    expect(breaker.silent('a')).toBe(away);
  });
});
