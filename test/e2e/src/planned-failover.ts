import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { compareBytes, until } from '@lifeboat/testing';
import type { Shop } from '@lifeboat/testing';
import { namesRun, standing } from './left-behind.ts';
import { at, GROUP, makePoint, putPolicy } from './shop-group.ts';
import type { ProtectedShop } from './shop-group.ts';

const MINUTE = 60_000;
const WINDOW = { seconds: 3600, whenOver: 'roll-back' } as const;

/** The last of them fails the group over. */
export function plannedFailovers(of: () => ProtectedShop): void {
  let here: ProtectedShop;
  let shop: Shop;

  beforeAll(async () => {
    here = of();
    ({ shop } = here);
    await putPolicy(here, { commitWindow: WINDOW, keepPoints: 1 });
    // Somebody has switched it off: nobody may switch it on.
    await here.arena.primaryCloud.compute.post(`/servers/${shop.servers.web2}/action`, { 'os-stop': null });
    await statusOf(shop.servers.web2, 'SHUTOFF');
    expect(await makePoint(here)).toMatchObject({ outcome: 'completed' });
    await until('the points before it to be gone', async () => {
      const sealed = (await here.api.points.list(GROUP)).filter(({ state }) => state === 'sealed');
      const discards = (await here.api.runs.list({ limit: 500 })).filter(({ kind }) => kind === 'discard');
      return sealed.length === 1 && discards.every(({ outcome }) => outcome === 'completed') ? true : undefined;
    });
  }, 2 * MINUTE);

  const statusOf = async (id: string, wanted: string): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const { server } = await here.arena.primaryCloud.compute.get<{ server: { status: string } }>(`/servers/${id}`);
      if (server.status === wanted || turn > 200) return expect(server.status).toBe(wanted);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  /** By the console: a guest that is stopped counts no more. */
  const lastWritten = async (): Promise<number> => {
    const { console } = await here.arena.alpha.control<{ console: readonly string[] }>(
      'GET',
      `/servers/${shop.servers.db1}/guest`,
    );
    return Number(/ data=(\d+)/.exec(console.findLast((line) => line.includes(' data=')) ?? '')?.[1]);
  };
  const plan = async (more: { commitWindow?: { seconds: number; whenOver: 'commit' | 'roll-back' } } = {}) =>
    (await here.api.runs.start(newId(), { kind: 'planned-failover', groupId: GROUP, reason: 'test', ...more })).runId;
  /** Bert asks for it, and anna approves it. */
  const planByTwo = async (): Promise<string> => {
    const policy = { commitWindow: WINDOW, keepPoints: 1 };
    await putPolicy(here, { ...policy, approval: { kinds: ['planned-failover'], withinSeconds: 3600 } });
    const asked = { kind: 'planned-failover', groupId: GROUP, by: 'bert', reason: 'test' } as const;
    const { runId, awaitsApproval } = await here.api.runs.start(newId(), asked);
    expect(awaitsApproval).toBeDefined();
    expect(await here.api.runs.get(runId)).toMatchObject({ outcome: 'awaiting-approval', steps: [] });
    await here.api.runs.approve(runId, 'anna', 'agreed');
    await putPolicy(here, policy, { endsApproval: true });
    return runId;
  };
  const asBefore = async (before: readonly (readonly string[])[], runId: string): Promise<void> => {
    const { alpha, beta } = here.arena;
    expect([await standing(alpha), await standing(beta)]).toEqual(before);
    expect([await namesRun(alpha, runId), await namesRun(beta, runId)]).toEqual([false, false]);
    for (const id of [shop.servers.web1, shop.servers.db1]) await statusOf(id, 'ACTIVE');
    await statusOf(shop.servers.web2, 'SHUTOFF');
    expect(await here.api.groups.get(GROUP)).toMatchObject({ state: 'protected' });
    expect((await here.api.groups.get(GROUP)).heldBy).toBeUndefined();
  };

  it.each([
    ['open point', 'started'],
    ['capture metadata', 'started'],
    ['stop source', 'started'],
    ['replicate disks', 'started'],
    ['materialise disks', 'started'],
    ['recreate entities', 'started'],
    ['verify workload', 'started'],
    ['commit window', 'held'],
  ])(
    'that is aborted at "%s" leaves both clouds as they were, and the servers that ran run again',
    async (step, state) => {
      const before = [await standing(here.arena.alpha), await standing(here.arena.beta)];
      const points = (await here.api.points.list(GROUP)).map(({ pointId }) => pointId);
      const runId = await plan();
      await at(here, runId, step, state);
      await here.api.runs.steer(runId, 'abort', 'test');
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'undone', error: { code: 'run-aborted' } });
      await asBefore(before, runId);
      expect((await here.api.points.list(GROUP)).map(({ pointId }) => pointId)).toEqual(points);
    },
    3 * MINUTE,
  );

  it(
    'whose window is over is rolled back by its own, when that is what was wanted',
    async () => {
      const before = [await standing(here.arena.alpha), await standing(here.arena.beta)];
      const runId = await plan({ commitWindow: { seconds: 1, whenOver: 'roll-back' } });
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'undone', error: { code: 'run-too-late' } });
      await asBefore(before, runId);
    },
    3 * MINUTE,
  );

  it(
    'loses nothing: every byte that was written stands there, and the guest goes on with its next number',
    async () => {
      const runId = await planByTwo();
      const held = await at(here, runId, 'commit window', 'held');
      expect(held.state['loss']).toMatchObject({ seconds: 0, newerPoints: [] });
      expect(held.state['loss']).not.toHaveProperty('unknownFrom');
      for (const id of Object.values(shop.servers)) await statusOf(id, 'SHUTOFF');
      const last = await lastWritten();
      expect(last).toBeGreaterThan(0);
      await here.api.runs.steer(runId, 'commit', 'test');
      const run = await runOver(here.api, runId);
      expect(run).toMatchObject({ kind: 'planned-failover', outcome: 'completed', state: { orphans: 0, doubles: 0 } });

      const copies = run.state['copies'] as readonly { diskKind: string; diskId: string; targetId: string }[];
      const volumes = copies.filter(({ diskKind }) => diskKind === 'volume');
      expect(volumes.map(({ diskId }) => diskId).toSorted()).toEqual(Object.values(shop.volumes).toSorted());
      for (const { diskId, targetId } of volumes)
        expect(
          await compareBytes(here.arena.alpha.bytesOf('volume', diskId), here.arena.beta.bytesOf('volume', targetId)),
        ).toMatchObject({ equal: true });
      const { entries: ledger } = await here.api.runs.ledger(runId);
      const point = await here.api.points.get(runId);
      expect(await here.arena.resumedCounter({ shop, point, run, ledger, replicaImages: [] })).toBe(last);
      const receipt = await here.api.runs.receipt(runId);
      expect(receipt.totals.unexplained).toBe(0);
      expect(await here.api.groups.get(GROUP)).toMatchObject({ state: 'failed-over' });
      await expect(plan()).rejects.toMatchObject({ code: 'group-in-use' });
      await expect(here.api.groups.readiness(GROUP)).rejects.toMatchObject({ code: 'already-failed-over' });
    },
    4 * MINUTE,
  );
}
