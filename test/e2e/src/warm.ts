import type { Group } from '@lifeboat/contracts';
import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { namesRun, standing } from './left-behind.ts';
import { at, GROUP, makePoint, putPolicy } from './shop-group.ts';
import type { ProtectedShop } from './shop-group.ts';

const MINUTE = 60_000;

type Staging = NonNullable<Group['staging']>;
type Named = { readonly id: string; readonly [field: string]: unknown };

/** Waits until what is staged is in step with a point; any, where none is named. */
export const staged = ({ api }: Pick<ProtectedShop, 'api'>, pointId?: string): Promise<Staging> =>
  until(
    'the group to be staged',
    async () => {
      const { staging } = await api.groups.get(GROUP);
      const inStep = staging?.pointId !== undefined && (pointId === undefined || staging.pointId === pointId);
      return inStep && !staging.problem ? staging : undefined;
    },
    { timeoutMs: 120_000 },
  );

/** What is kept prepared at the recovery site, and goes again. */
export function warmGroups(of: () => ProtectedShop): void {
  let here: ProtectedShop;
  let cold: readonly string[];

  beforeAll(async () => {
    here = of();
    cold = await standing(here.arena.beta);
  });

  const inventory = (kind: string): Promise<readonly Named[]> =>
    here.arena.beta.control<Record<string, readonly Named[]>>('GET', '/inventory').then((all) => all[kind] ?? []);
  const fresh = async (kind: string): Promise<readonly Named[]> =>
    (await inventory(kind)).filter(({ id }) => !cold.some((line) => line.startsWith(`${kind} ${id} `)));
  /** The group's own: a router has some of its own too. */
  const ports = async (): Promise<readonly Named[]> =>
    (await fresh('ports')).filter(({ deviceOwner }) => !String(deviceOwner).startsWith('network:'));
  const pointMade = async (): Promise<Staging> => staged(here, (await makePoint(here)).runId);

  it(
    'is staged after its newest point: its networks, ports and addresses, and neither servers nor volumes',
    async () => {
      await putPolicy(here, { staging: 'warm' });
      const staging = await staged(here);
      expect(staging).toMatchObject({ site: here.arena.recovery, since: expect.any(String) as string });
      const count = (kind: string) => staging.kinds?.find((one) => one.kind === kind)?.count;
      expect([count('network'), count('subnet'), count('router'), count('floating-ip')]).toEqual([1, 1, 1, 1]);
      expect(count('port')).toBe(Object.keys(here.shop.ports).length);
      expect(staging.quotas?.find(({ quota }) => quota === 'network:port')?.staged).toBe((count('port') ?? 0) + 1);
      const kinds = new Set(
        (await standing(here.arena.beta)).filter((line) => !cold.includes(line)).map((line) => line.split(' ')[0]),
      );
      expect(kinds).toContain('ports');
      for (const kind of ['servers', 'volumes', 'images', 'snapshots']) expect(kinds).not.toContain(kind);
      expect((await fresh('floatingIps')).map(({ portId }) => portId)).toEqual([null]);
      expect((await ports()).map(({ deviceId }) => deviceId)).toEqual(Object.keys(here.shop.ports).map(() => ''));
    },
    3 * MINUTE,
  );

  it(
    'leaves it alone when it is rehearsed',
    async () => {
      const before = await standing(here.arena.beta);
      const { runId } = await here.api.runs.start(newId(), { kind: 'drill', groupId: GROUP, reason: 'test' });
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'completed', state: { leaks: [] } });
      expect(await standing(here.arena.beta)).toEqual(before);
    },
    3 * MINUTE,
  );

  it(
    'is in step with the metadata of each point, and repaired where somebody has touched it; readiness says so meanwhile',
    async () => {
      const before = await standing(here.arena.beta);
      const [first, second] = await ports();
      const [network] = await fresh('networks');
      await here.arena.recoveryCloud.network.delete(`/ports/${first?.id}`);
      await here.arena.recoveryCloud.network.put(`/networks/${network?.id}`, { network: { name: 'spoilt' } });
      const { warnings } = await here.api.groups.checkReadiness(GROUP);
      expect(warnings.filter(({ code }) => code === 'staged-out-of-step').map(({ message }) => message)).toEqual(
        expect.arrayContaining(['It stands staged, and is gone.', 'It stands staged, and differs in name.']),
      );
      const { web1 } = here.shop.ports;
      await here.arena.primaryCloud.network.put(`/ports/${web1}`, { port: { description: 'Front door' } });
      await pointMade();
      expect(await standing(here.arena.beta)).not.toEqual(before);
      const now = await ports();
      expect(now).toHaveLength(Object.keys(here.shop.ports).length);
      expect(now.map(({ id }) => id)).toContain(second?.id);
      expect(now.map(({ description }) => description)).toContain('Front door');
      expect((await fresh('networks')).map(({ id, name }) => [id, name])).toEqual([[network?.id, 'shop-net']]);
    },
    3 * MINUTE,
  );

  it(
    'serves a failover under the ids that it had, and stands as before when that is undone',
    async () => {
      const before = await standing(here.arena.beta);
      const idsOf = (those: readonly Named[]) => those.map(({ id }) => id).toSorted();
      const ids = {
        network: idsOf(await fresh('networks')),
        port: idsOf(await ports()),
        router: idsOf(await fresh('routers')),
        'floating-ip': idsOf(await fresh('floatingIps')),
      };
      const { runId } = await here.api.runs.start(newId(), {
        kind: 'failover',
        groupId: GROUP,
        confirmPrimaryLost: true,
        commitWindow: { seconds: 3600, whenOver: 'roll-back' },
        reason: 'test',
      });
      const run = await at(here, runId, 'commit window', 'held');
      expect(run.state).toMatchObject({ orphans: 0, doubles: 0 });
      expect((await here.api.runs.receipt(runId)).totals.unexplained).toBe(0);
      const { entries } = await here.api.runs.ledger(runId);
      for (const [kind, its] of Object.entries(ids)) {
        const served = entries.filter((entry) => entry.kind === kind && !entry.how.startsWith('mapped'));
        expect(served.map(({ how }) => how)).toEqual(its.map(() => 'staged'));
        expect(served.map(({ targetId }) => targetId ?? '').toSorted()).toEqual(its);
      }
      expect((await fresh('floatingIps')).every(({ portId }) => portId !== null)).toBe(true);
      await here.api.runs.steer(runId, 'abort', 'test');
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'undone' });
      expect(await namesRun(here.arena.beta, runId)).toBe(false);
      expect(await standing(here.arena.beta)).toEqual(before);
      expect((await fresh('floatingIps')).map(({ portId }) => portId)).toEqual([null]);
    },
    3 * MINUTE,
  );

  it(
    'is gone without a rest when its policy turns cold',
    async () => {
      await putPolicy(here, {});
      await until('what was staged to be removed', async () => {
        const runs = (await here.api.runs.list({ limit: 500 })).filter(({ kind }) => kind === 'unstage');
        return runs.some(({ outcome }) => outcome === 'completed') ? true : undefined;
      });
      expect((await here.api.groups.get(GROUP)).staging).toBeUndefined();
      // Points were made meanwhile.
      const butReplicas = (lines: readonly string[]) =>
        lines.filter((line) => !/^(volumes|snapshots|backups|images) /.test(line));
      expect(butReplicas(await standing(here.arena.beta))).toEqual(butReplicas(cold));
    },
    2 * MINUTE,
  );
}
