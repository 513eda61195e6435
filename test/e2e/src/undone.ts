import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { namesRun, standing } from './left-behind.ts';
import { at, GROUP, planOf } from './shop-group.ts';
import type { ProtectedShop } from './shop-group.ts';

const MINUTE = 60_000;

/** The primary lives on: nobody asks it. */
export function undoneFailovers(of: () => ProtectedShop): void {
  let here: ProtectedShop;
  let before: readonly string[];

  beforeAll(async () => {
    here = of();
    // Wave by wave, with nothing that needs a guest; so does whatever comes after.
    await here.api.plans.put('shop-plan', planOf({}), 'test');
    before = await standing(here.arena.beta);
  });
  afterEach(() => here.arena.beta.control('DELETE', '/faults'));

  const failover = async (): Promise<string> => {
    const asked = { kind: 'failover', groupId: GROUP, confirmPrimaryLost: true, reason: 'test' } as const;
    const commitWindow = { seconds: 3600, whenOver: 'commit' } as const;
    return (await here.api.runs.start(newId(), { ...asked, commitWindow })).runId;
  };
  const nothingIsLeft = async (runId: string): Promise<void> => {
    expect(await standing(here.arena.beta)).toEqual(before);
    expect(await namesRun(here.arena.beta, runId)).toBe(false);
    expect(await here.api.groups.get(GROUP)).toMatchObject({ state: 'protected' });
    expect((await here.api.points.list(GROUP)).flatMap(({ pinnedBy }) => pinnedBy)).toEqual([]);
  };

  it.each([
    ['check target', 'started'],
    ['materialise disks', 'started'],
    ['recreate entities', 'started'],
    ['start wave "web"', 'started'],
    ['verify workload', 'started'],
    ['commit window', 'held'],
  ])(
    'leaves the recovery site as it was when it is aborted at "%s"',
    async (step, state) => {
      const runId = await failover();
      await at(here, runId, step, state);
      await here.api.runs.steer(runId, 'abort', 'test');
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'undone', error: { code: 'run-aborted' } });
      await nothingIsLeft(runId);
    },
    3 * MINUTE,
  );

  it.each([
    ['check target', 'GET', '/types'],
    ['materialise disks', 'POST', '/volumes$'],
    ['recreate entities', 'POST', '/v2.0/routers$'],
    ['start wave "data"', 'POST', '/servers$'],
    ['recreate entities', 'PUT', '/v2.0/subnets/'],
  ])(
    'leaves the recovery site as it was when "%s" fails for good, since %s %s is refused',
    async (step, method, path) => {
      const fault = await here.arena.beta.control<{ fault: { id: string } }>('POST', '/faults', {
        kind: 'error',
        status: 403,
        method,
        path,
      });
      expect(fault).toBeDefined();
      const runId = await failover();
      const run = await runOver(here.api, runId);
      expect(run.outcome).toBe('undone');
      expect(run.steps.find(({ error }) => error)?.name).toBe(step);
      await nothingIsLeft(runId);
    },
    3 * MINUTE,
  );
}
