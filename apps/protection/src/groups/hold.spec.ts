import { commit, hold, letGo, reverse } from './hold.ts';

const free = { groupId: 'grp-1', heldBy: null, heldFor: null, fenceToken: 4, state: 'protected' as const };

describe('holding a group', () => {
  it('gives every new holder a higher token', () => {
    expect(hold(free, 'run-1', 'failover')).toMatchObject({ heldBy: 'run-1', fenceToken: 5, state: 'failing-over' });
  });

  it('is the same twice', () => {
    const held = hold(free, 'run-1', 'failover');
    expect(hold(held, 'run-1', 'failover')).toEqual(held);
  });

  it('refuses a second run and names the first', () => {
    expect(() => hold(hold(free, 'run-1', 'failover'), 'run-2', 'failover')).toThrow(/held by run run-1/);
  });

  it('is quiet when a run lets go what it never held', () => {
    const held = hold(free, 'run-1', 'failover');
    expect(letGo(held, 'run-2')).toEqual(held);
    expect(letGo(held, 'run-1')).toMatchObject({ heldBy: null, state: 'protected', fenceToken: 5 });
  });

  it('refuses to commit with a stale token', () => {
    const second = hold(letGo(hold(free, 'run-1', 'failover'), 'run-1'), 'run-2', 'failover');
    expect(() => commit(second, 'run-1', 5)).toThrow(/does not hold group/);
    expect(() => commit(second, 'run-2', 5)).toThrow(/does not hold group/);
    expect(commit(second, 'run-2', 6)).toMatchObject({ state: 'failed-over' });
  });

  describe('that was failed over', () => {
    const away = { ...free, state: 'failed-over' as const, primary: 'alpha', recovery: 'beta' };
    const held = { ...away, ...hold(away, 'run-2', 'reprotect') };
    const turned = { primary: 'beta', recovery: 'alpha' };

    it('is turned round by who holds it, once', () => {
      const once = reverse(held, 'run-2', 5, turned);
      expect(once).toMatchObject({ ...turned, state: 'protected', heldBy: 'run-2' });
      expect(reverse(once, 'run-2', 5, turned)).toEqual(once);
    });

    it('is turned by no stale holder, nor when it runs elsewhere', () => {
      expect(() => reverse(held, 'run-2', 4, turned)).toThrow(/does not hold group/);
      expect(() => reverse(held, 'run-1', 5, turned)).toThrow(/does not hold group/);
      expect(() => reverse({ ...held, state: 'protected' }, 'run-2', 5, turned)).toThrow(/cannot be turned/);
      expect(() => reverse(held, 'run-2', 5, { primary: 'gamma', recovery: 'alpha' })).toThrow(/cannot be turned/);
    });

    it('stays so when a re-protection is given up', () => {
      expect(letGo(held, 'run-2')).toMatchObject({ state: 'failed-over', heldBy: null });
    });
  });

  it('stays failed over when the run lets go after its commit', () => {
    const committed = commit(hold(free, 'run-1', 'failover'), 'run-1', 5);
    expect(letGo(committed, 'run-1')).toMatchObject({ state: 'failed-over', heldBy: null });
  });
});
