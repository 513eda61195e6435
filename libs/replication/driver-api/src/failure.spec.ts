import { external, forbidden, invalidInput, unavailable } from '@lifeboat/kernel';
import { failureOf } from './failure.ts';

const here = new AbortController().signal;
const kindOf = (thrown: unknown, signal = here): string => {
  const outcome = failureOf(thrown, signal);
  return outcome.status === 'failed' ? outcome.kind : outcome.status;
};

describe('what a driver throws', () => {
  it('is tried again when the cloud was away, or may have done it without saying so', () => {
    expect(kindOf(unavailable('site-unreachable', 'away'))).toBe('transient');
    expect(kindOf(external('outcome-unknown', 'no answer'))).toBe('transient');
  });

  it('needs an operator when rights or quota are missing', () => {
    expect(kindOf(forbidden('openstack-forbidden', 'no'))).toBe('misconfigured');
    expect(kindOf(external('quota-exceeded', 'full'))).toBe('misconfigured');
  });

  it('is final otherwise, a mistake of ours too', () => {
    expect(kindOf(invalidInput('openstack-rejected', 'bad'))).toBe('permanent');
    expect(kindOf(new TypeError('undefined is not a function'))).toBe('permanent');
  });

  it('says nothing about work that was taken away', () => {
    expect(kindOf(new Error('This operation was aborted'), AbortSignal.abort())).toBe('transient');
  });
});
