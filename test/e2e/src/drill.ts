import { runOver } from '@lifeboat/demo';
import type { LifeboatError } from '@lifeboat/kernel';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { namesRun, standing } from './left-behind.ts';
import { at, GROUP, makePoint, planOf } from './shop-group.ts';
import type { ProtectedShop } from './shop-group.ts';

const MINUTE = 60_000;

export function drills(of: () => ProtectedShop): void {
  let here: ProtectedShop;
  beforeAll(() => {
    here = of();
  });

  const drill = async (more: { pointId?: string; keepForSeconds?: number } = {}): Promise<string> =>
    (await here.api.runs.start(newId(), { kind: 'drill', groupId: GROUP, reason: 'test', ...more })).runId;

  it(
    'proves the recovery and leaves the recovery site as it was; its receipt, its times and its leak report stay',
    async () => {
      const before = await standing(here.arena.beta);
      const runId = await drill();
      const run = await runOver(here.api, runId);
      expect(run).toMatchObject({ kind: 'drill', outcome: 'completed', state: { leaks: [], orphans: 0, doubles: 0 } });
      expect(Number(run.state['looked'])).toBeGreaterThan(0);
      expect(await standing(here.arena.beta)).toEqual(before);
      expect(await namesRun(here.arena.beta, runId)).toBe(false);

      const receipt = await here.api.runs.receipt(runId);
      expect(receipt.totals.unexplained).toBe(0);
      const said = receipt.entities.flatMap(({ kind, fields }) =>
        fields.filter(({ outcome }) => outcome === 'dropped').map(({ field, why }) => `${kind} ${field}: ${why}`),
      );
      expect(said).toContain('floating-ip (all): a drill has no way outside');
      expect(run.steps.filter(({ startedAt, endedAt }) => startedAt && endedAt).map(({ name }) => name)).toEqual(
        run.steps.map(({ name }) => name).filter((name) => name !== 'look at it'),
      );
      expect((await here.api.points.list(GROUP)).flatMap(({ pinnedBy }) => pinnedBy)).toEqual([]);
    },
    3 * MINUTE,
  );

  it(
    'stands, cut off, with the same addresses and MACs and every byte, while points go on as deltas, until it is ended',
    async () => {
      const [full] = await here.api.points.list(GROUP);
      const runId = await drill({ ...(full && { pointId: full.pointId }), keepForSeconds: 3600 });
      const run = await at(here, runId, 'look at it', 'held');
      expect(run.steps.find(({ name }) => name === 'look at it')?.held).toMatchObject({ word: 'end' });

      const next = await makePoint(here);
      expect(next).toMatchObject({ kind: 'protect', outcome: 'completed' });
      const { disks } = await here.api.points.get(next.runId);
      const backups = disks.filter(({ driver }) => driver === 'cinder-backup');
      expect(backups).toHaveLength(Object.keys(here.shop.volumes).length);
      for (const { replica } of backups) {
        const { backupId } = replica as { backupId: string };
        expect(await here.arena.primaryCloud.volume.get(`/backups/${backupId}`)).toMatchObject({
          backup: { is_incremental: true },
        });
      }

      const { entries: ledger } = await here.api.runs.ledger(runId);
      const ports = ledger.filter(({ kind }) => kind === 'port');
      expect(ports).toHaveLength(Object.keys(here.shop.ports).length);
      for (const { sourceId, targetId = '' } of ports) {
        type Port = { port: { mac_address: string; fixed_ips: { ip_address: string }[]; network_id: string } };
        const [there, original] = await Promise.all([
          here.arena.recoveryCloud.network.get<Port>(`/ports/${targetId}`),
          here.arena.primaryCloud.network.get<Port>(`/ports/${sourceId}`),
        ]);
        const addressed = ({ port }: Port) => [port.mac_address, port.fixed_ips.map(({ ip_address: ip }) => ip)];
        expect(addressed(there)).toEqual(addressed(original));
      }
      const router = ledger.find(({ kind }) => kind === 'router')?.targetId ?? '';
      expect(await here.arena.recoveryCloud.network.get(`/routers/${router}`)).toMatchObject({
        router: { external_gateway_info: null },
      });
      const { floatingips } = await here.arena.recoveryCloud.network.get<{ floatingips: unknown[] }>('/floatingips');
      expect(floatingips).toEqual([]);
      const point = await here.api.points.get(String(run.state['point']));
      const proof = { shop: here.shop, point, run, ledger, replicaImages: [] };
      const volumes = await here.arena.compareVolumes(proof);
      expect(volumes.map(({ equal }) => equal)).toEqual([true, true, true, true]);

      const second = await drill().catch((thrown: unknown) => thrown as LifeboatError);
      expect(second).toMatchObject({ code: 'run-in-progress', data: { runId } });
      await expect(here.api.runs.steer(runId, 'commit', 'test')).rejects.toMatchObject({ code: 'run-not-held' });
      await here.api.runs.steer(runId, 'end', 'test');
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'completed', state: { leaks: [] } });
      expect(await namesRun(here.arena.beta, runId)).toBe(false);
      expect((await makePoint(here)).outcome).toBe('completed');
    },
    4 * MINUTE,
  );

  it(
    'goes by the plan of its group: wave by wave, with probes, and not on before somebody says so; so it verifies the plan',
    async () => {
      // Until now they waited, so that disks could be compared as they came.
      await here.arena.beta.control('POST', '/guests/release');
      const ticks = { console: { server: 'db-1', line: '^tick boot=[0-9]+' } };
      const asking = planOf({
        probes: [ticks, { tcp: { server: 'db-1', port: 5432 } }],
        prompt: 'Are the orders there?',
      });
      expect(await here.api.plans.put('shop-plan', asking, 'anna')).toMatchObject({
        fresh: true,
        plan: { version: 1, state: 'needs-verification', appliedBy: 'anna', text: asking },
      });
      expect(await here.api.plans.verify('shop-plan')).toMatchObject({
        plan: { state: 'verified', verified: { by: 'readiness' } },
        readiness: { blockers: [] },
      });

      const runId = await drill({ keepForSeconds: 3600 });
      const asked = await at(here, runId, 'prompt "data"', 'held');
      expect(asked.state).toMatchObject({ plan: { name: 'shop-plan', version: 1 } });
      expect(asked.steps.find(({ name }) => name === 'prompt "data"')?.held).toMatchObject({
        word: 'go-on',
        says: 'Are the orders there?',
      });
      expect(asked.state['probe wave "data"']).toMatchObject({
        probes: [
          { server: 'db-1', outcome: 'passed', said: expect.stringMatching(/^tick boot=/) },
          { server: 'db-1', probe: 'tcp 5432', outcome: 'skipped', said: expect.stringContaining('cut off') },
        ],
      });
      const servers = async () => {
        const { entries } = await here.api.runs.ledger(runId);
        return entries.filter(({ kind }) => kind === 'server').map(({ sourceId }) => sourceId);
      };
      expect(await servers()).toEqual([here.shop.servers.db1]);
      type Listed = { servers: { name: string; status: string }[] };
      const { servers: standing } = await here.arena.recoveryCloud.compute.get<Listed>('/servers/detail');
      expect(standing.map(({ name, status }) => [name, status])).toEqual([['db-1', 'ACTIVE']]);
      await here.api.runs.steer(runId, 'go-on', 'test');
      await at(here, runId, 'look at it', 'held');
      expect((await servers()).toSorted()).toEqual(Object.values(here.shop.servers).toSorted());

      // Edited meanwhile: the drill goes on by its own version, which is not the newest any more.
      const quiet = planOf({ probes: [ticks], delay: 1 });
      expect(await here.api.plans.put('shop-plan', quiet, 'anna')).toMatchObject({
        plan: { version: 2, state: 'needs-verification', why: expect.stringContaining('version 1') },
      });
      const again = await here.api.plans.put(
        'shop-plan',
        quiet.replace('# Data first.', '# The data comes first.'),
        'bert',
      );
      expect(again).toMatchObject({ fresh: false, plan: { version: 2, appliedBy: 'anna' } });
      await here.api.runs.steer(runId, 'end', 'test');
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'completed', state: { leaks: [], orphans: 0 } });
      expect(await here.api.groups.get(GROUP)).toMatchObject({ plan: { version: 2, state: 'needs-verification' } });

      const second = await drill();
      expect(await runOver(here.api, second)).toMatchObject({ outcome: 'completed', state: { plan: { version: 2 } } });
      const verified = await until('the drill to verify the plan', async () => {
        const found = await here.api.plans.get('shop-plan');
        return found.state === 'verified' ? found : undefined;
      });
      expect(verified.verified).toMatchObject({ version: 2, by: 'drill', runId: second });
    },
    4 * MINUTE,
  );

  it(
    'makes way for a failover, which finds nothing of it',
    async () => {
      const drilled = await drill({ keepForSeconds: 3600 });
      await at(here, drilled, 'look at it', 'held');
      const { runId } = await here.api.runs.start(newId(), {
        kind: 'failover',
        groupId: GROUP,
        confirmPrimaryLost: true,
        commitWindow: { seconds: 3600, whenOver: 'commit' },
        reason: 'test',
      });
      const run = await at(here, runId, 'commit window', 'held');
      expect(run.state).toMatchObject({ drillsStillThere: [], orphans: 0, doubles: 0 });
      expect(await here.api.runs.get(drilled)).toMatchObject({ outcome: 'undone', error: { code: 'run-superseded' } });
      expect(await namesRun(here.arena.beta, drilled)).toBe(false);
      expect(
        run.steps.filter(({ name }) => name.startsWith('start wave')).map(({ name, state }) => [name, state]),
      ).toEqual([
        ['start wave "data"', 'done'],
        ['start wave "web"', 'done'],
      ]);
      expect((await here.api.runs.receipt(runId)).totals.unexplained).toBe(0);
      await expect(drill()).rejects.toMatchObject({ code: 'group-in-use' });
      await here.api.runs.steer(runId, 'abort', 'test');
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'undone' });
      // What comes after compares disks as they come.
      await here.arena.beta.control('POST', '/guests/hold');
    },
    4 * MINUTE,
  );
}
