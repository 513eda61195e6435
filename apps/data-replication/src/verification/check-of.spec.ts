import { checkOf } from './check-of.ts';

const disk = {
  kind: 'volume' as const,
  id: 'vol-1',
  name: 'data',
  sizeGiB: 1,
  bootable: false,
  encrypted: false,
  multiattach: false,
  status: 'in-use',
};
const of = { disk, driver: 'block' };
const task = { state: 'done' as const, result: null, error: null, bytes: 0 };

describe('what is known of a check', () => {
  it('is that the driver offers none, and which driver', () => {
    expect(checkOf(of, undefined)).toMatchObject({ outcome: 'not-offered', reason: expect.stringContaining('block') });
  });

  it('is where it differs', () => {
    const differs = [{ offset: 4096, length: 4096 }];
    const result = { equal: false, root: 'r', bytes: 1024, differs };
    expect(checkOf(of, { ...task, result })).toMatchObject({ outcome: 'differs', bytes: 1024, differs });
    expect(checkOf(of, { ...task, result: { equal: true, root: 'r', bytes: 1024 } }).outcome).toBe('equal');
  });

  it('is how far it came, or why it failed', () => {
    expect(checkOf(of, { ...task, state: 'asked', bytes: 7 })).toMatchObject({ outcome: 'running', bytes: 7 });
    expect(checkOf(of, { ...task, state: 'cancelled' }).outcome).toBe('failed');
    const error = { kind: 'external' as const, code: 'x', message: 'no such volume', retry: 'no' as const };
    expect(checkOf(of, { ...task, state: 'failed', error })).toMatchObject({ reason: 'no such volume' });
  });
});
