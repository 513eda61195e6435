import { overridesOf, planLines } from './plan-input.ts';

describe('a run by a plan', () => {
  it('may go by an earlier version, and without prompts', () => {
    expect(overridesOf({ planVersion: '3', skipPrompts: true })).toEqual({ planVersion: 3, skipPrompts: true });
    expect(overridesOf({ skipPrompts: false })).toEqual({});
    for (const planVersion of ['0', 'newest', '1.5'])
      expect(() => overridesOf({ planVersion, skipPrompts: false })).toThrow('no version');
  });

  it('tells by which version it went, and what its probes and hooks said', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const state = {
      plan: { name: 'shop', version: 2 },
      warnings: [],
      'probe wave "data"': {
        probes: [
          { server: 'db-1', probe: 'tcp 5432', outcome: 'skipped', at, said: 'a drill is cut off' },
          { probe: 'command check', outcome: 'passed', at },
        ],
      },
      'run hooks after "data"': { hooks: [{ hook: 'command up', outcome: 'done', at }] },
    };
    expect(planLines(state)).toEqual([
      'plan shop, version 2',
      'probe wave "data": db-1 tcp 5432: skipped (a drill is cut off)',
      'probe wave "data": command check: passed',
      'run hooks after "data": command up: done',
    ]);
    expect(planLines({ warnings: [] })).toEqual([]);
  });
});
