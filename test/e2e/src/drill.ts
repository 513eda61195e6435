import type { LifeboatError } from '@lifeboat/kernel';
import { newId } from '@lifeboat/kernel';
import { ended } from './journeys.ts';
import { namesRun, standing } from './left-behind.ts';
import { at, GROUP, makePoint } from './shop-group.ts';
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
      const run = await ended(here.api, runId);
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
      expect(await ended(here.api, runId)).toMatchObject({ outcome: 'completed', state: { leaks: [] } });
      expect(await namesRun(here.arena.beta, runId)).toBe(false);
      expect((await makePoint(here)).outcome).toBe('completed');
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
      expect((await here.api.runs.receipt(runId)).totals.unexplained).toBe(0);
      await expect(drill()).rejects.toMatchObject({ code: 'group-in-use' });
      await here.api.runs.steer(runId, 'abort', 'test');
      expect(await ended(here.api, runId)).toMatchObject({ outcome: 'undone' });
    },
    4 * MINUTE,
  );
}
