import type { RunDetail } from '@lifeboat/contracts';
import { runOver } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import { compareBytes, until } from '@lifeboat/testing';
import type { Shop, SimulatedCloud } from '@lifeboat/testing';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { world } from './journeys.ts';
import { namesRun, standing } from './left-behind.ts';
import { at, GROUP, makePoint, planOf, protectedShop, putPolicy } from './shop-group.ts';
import type { ProtectedShop } from './shop-group.ts';
import { openTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import { staged } from './warm.ts';

const MINUTE = 60_000;
/** Whoever is the primary. */
const FENCE = [{ lease: { ttl: 5, margin: 8 } }];
const WINDOW = { seconds: 3600, whenOver: 'roll-back' } as const;
/** What comes back: its ids at home stay the same. */
const STAYS = /^(networks|subnets|routers|ports|securityGroups|securityGroupRules|floatingIps|keypairs|serverGroups) /;

type Started = Parameters<ProtectedShop['api']['runs']['start']>[1];
type Copy = { readonly diskKind: string; readonly diskId: string; readonly targetId: string };

/** By its own metadata, which goes with it: the database's root. So many of its bytes nobody ever changes. */
const BLOCKS = { driver: 'block-stream', tag: 'role=root' };
const UNCHANGED = 256 * 1024;

/** One workload that leaves home twice, by plan and by force, and comes back twice. */
describe('there and back', () => {
  let here: ProtectedShop;
  let shop: Shop;
  let traffic: Traffic;
  /** Of both clouds, before anything was protected. */
  let first: { readonly home: readonly string[]; readonly away: readonly string[] };
  /** Bytes of the first point, of the disk that goes by differences. */
  let sent = 0;
  const runs: Record<'away' | 'back' | 'awayAgain' | 'backAgain', RunDetail> = {} as never;

  beforeAll(async () => {
    here = await protectedShop(await world('admin', 'file', ['dns'], true));
    ({ shop } = here);
    traffic = await openTraffic(here.arena.recoveryCloud, shop.floatingIp.address);
    // By the id that it has at home, wherever it goes and however often it is made anew.
    const data = { servers: [{ id: shop.servers.db1 }] };
    await here.api.plans.put('shop-plan', planOf(data, { ...traffic.ofPlan, fence: FENCE }), 'test');
    // Behind what its guest writes.
    const bytes = `${here.arena.alpha.url}/simulator/volumes/${shop.volumes.db1Root}/bytes?offset=${512 * 1024}`;
    await fetch(bytes, { method: 'PUT', body: new Uint8Array(randomBytes(UNCHANGED)) });
    const rules = { drivers: [BLOCKS, ...here.arena.drivers], serverRoot: 'snapshot' as const };
    await putPolicy(here, { keepPoints: 2, rules, staging: 'warm' });
    // So that the image comes with the group, and goes with it.
    const { images } = await here.arena.recoveryCloud.image.get<{ images: readonly { id: string }[] }>('/images');
    for (const { id } of images) await here.arena.recoveryCloud.image.delete(`/images/${id}`);
    first = { home: await standing(here.arena.alpha), away: await standing(here.arena.beta) };
  }, 4 * MINUTE);
  afterAll(async () => {
    await here.close();
    traffic.close();
  }, MINUTE);

  const start = async (run: Omit<Started, 'groupId' | 'reason'>): Promise<string> =>
    (await here.api.runs.start(newId(), { ...run, groupId: GROUP, reason: 'test' })).runId;
  const completed = async (run: Omit<Started, 'groupId' | 'reason'>): Promise<RunDetail> => {
    const done = await runOver(here.api, await start(run));
    expect(done).toMatchObject({ outcome: 'completed' });
    return done;
  };
  const statuses = async (cloud: 'primaryCloud' | 'recoveryCloud'): Promise<readonly string[]> => {
    const { servers } = await here.arena[cloud].compute.get<{ servers: readonly { status: string }[] }>(
      '/servers/detail',
    );
    return servers.map(({ status }) => status).toSorted();
  };
  const nothingUnexplained = async (run: RunDetail): Promise<void> => {
    expect(run.state).toMatchObject({ orphans: 0, doubles: 0 });
    const { entities, totals } = await here.api.runs.receipt(run.runId);
    const unexplained = entities.flatMap(({ kind, name, fields }) =>
      fields.filter(({ outcome }) => outcome === 'unexplained').map((field) => ({ kind, name, ...field })),
    );
    expect(unexplained).toEqual([]);
    expect(totals.compared).toBeGreaterThan(100);
  };
  const volumesOf = (run: RunDetail): readonly Copy[] =>
    (run.state['copies'] as readonly Copy[]).filter(({ diskKind }) => diskKind === 'volume');
  const sameBytes = async (run: RunDetail, from: SimulatedCloud, to: SimulatedCloud): Promise<void> => {
    const volumes = volumesOf(run);
    expect(volumes).toHaveLength(3);
    for (const { diskId, targetId } of volumes)
      expect(await compareBytes(from.bytesOf('volume', diskId), to.bytesOf('volume', targetId))).toMatchObject({
        equal: true,
      });
  };
  /** Bytes that a point sent of the disk that goes by differences. */
  const sentBlocks = async (pointId: string): Promise<number> => {
    const { disks } = await here.api.points.get(pointId);
    return disks.find(({ driver }) => driver === BLOCKS.driver)?.bytes ?? Number.NaN;
  };
  const outcomes = ({ state }: RunDetail): readonly unknown[] =>
    ((state['switched'] ?? []) as readonly { outcome: string }[]).map(({ outcome }) => outcome);
  const evidenceOf = (runId: string) => here.api.evidence.get(runId).catch(() => undefined);
  /** Of the web server that the world knows, where it went. */
  const frontDoor = async (): Promise<string> => {
    const { floatingips } = await here.arena.recoveryCloud.network.get<{
      floatingips: readonly { port_id: string | null; status: string; floating_ip_address: string }[];
    }>('/floatingips');
    return floatingips.find(({ port_id }) => port_id !== null)?.floating_ip_address ?? 'none';
  };
  const roles = async () => {
    const { primary, recovery, state, heldBy } = await here.api.groups.get(GROUP);
    return { primary, recovery, state, heldBy };
  };
  /** What the database's guest has written where it went first. */
  const counterThere = async (): Promise<number> => {
    const { entries } = await here.api.runs.ledger(runs.away.runId);
    const db1 = entries.find(({ kind, sourceId }) => kind === 'server' && sourceId === shop.servers.db1)?.targetId;
    return (await here.arena.beta.control<{ data?: number }>('GET', `/servers/${db1}/guest`)).data ?? 0;
  };
  /** So that the disks where it serves are as the point has them. */
  const writeNoMore = async (): Promise<void> => {
    const { servers } = await here.arena.recoveryCloud.compute.get<{ servers: readonly { id: string }[] }>('/servers');
    for (const { id } of servers) await here.arena.beta.control('POST', `/servers/${id}/guest`, { everyMs: 0 });
  };
  /** What stood prepared at the recovery site, by what a run says of it. */
  const servedByStaged = async ({ runId }: RunDetail): Promise<void> => {
    const { entries } = await here.api.runs.ledger(runId);
    const kinds = entries.filter(({ how }) => how === 'staged').map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['network', 'subnet', 'router', 'port', 'floating-ip', 'keypair']));
    expect(entries.filter(({ kind, how }) => kind === 'port' && how !== 'staged')).toEqual([]);
  };
  /** To the last step: disks and images too. */
  const gone = async (pointIds: readonly string[]): Promise<void> => {
    await until('points to be gone', async () => {
      const left = (await here.api.points.list(GROUP)).filter(({ pointId }) => pointIds.includes(pointId));
      const discards = (await here.api.runs.list({ limit: 500 })).filter(({ kind }) => kind === 'discard');
      return left.length === 0 && discards.every(({ outcome }) => outcome === 'completed') ? true : undefined;
    });
  };

  it(
    'leaves home by plan',
    async () => {
      const point = await makePoint(here);
      expect(point).toMatchObject({ outcome: 'completed' });
      sent = await sentBlocks(point.runId);
      expect(sent).toBeGreaterThan(UNCHANGED);
      await expect(completed({ kind: 'failback' })).rejects.toMatchObject({ code: 'not-away' });
      await expect(completed({ kind: 'reprotect' })).rejects.toMatchObject({ code: 'group-not-failed-over' });
      await staged(here);
      runs.away = await completed({ kind: 'planned-failover' });
      await nothingUnexplained(runs.away);
      await servedByStaged(runs.away);
      await sameBytes(runs.away, here.arena.alpha, here.arena.beta);
      expect(outcomes(runs.away)).toEqual(['switched', 'switched']);
      expect(await traffic.www()).toEqual({ ttl: 60, records: [await frontDoor()] });
      expect(traffic.told.at(-1)).toMatchObject({ from: 'alpha', to: 'beta', run: runs.away.runId });
      // From now on they write where they are; at home they wait, so that bytes can be compared.
      await here.arena.beta.control('POST', '/guests/release');
      await here.arena.alpha.control('POST', '/guests/hold');
      await expect(completed({ kind: 'failback' })).rejects.toMatchObject({ code: 'group-not-protected' });
      await expect(completed({ kind: 'cleanup', ofRunId: runs.away.runId })).rejects.toMatchObject({
        code: 'run-serves',
      });
    },
    5 * MINUTE,
  );

  it(
    'is protected there: the roles change, points of the former direction go, and nothing of what serves goes with them',
    async () => {
      const before = (await here.api.points.list(GROUP)).map(({ pointId }) => pointId).toSorted();
      const preview = await here.api.groups.previewReprotect(GROUP);
      expect(preview).toMatchObject({ primary: 'beta', recovery: 'alpha', discards: before });
      expect(preview.servers.map(({ status, runs: is }) => [status, is])).toEqual(Array(3).fill(['SHUTOFF', false]));
      const copies = preview.disks.map(({ driver, copy }) => [driver, copy]);
      expect(copies.filter(([, copy]) => copy === 'deltas')).toEqual([[BLOCKS.driver, 'deltas']]);
      expect(copies.filter(([, copy]) => copy === 'full')).toHaveLength(3);
      expect(preview.before?.seconds).toBeGreaterThan(0);
      const run = await completed({ kind: 'reprotect' });
      expect(run.state).toMatchObject({ stopped: [], servedByBoth: [], lostMembers: [], kept: [] });
      expect(run.state['discarded']).toEqual(before);
      expect(run.state['reversed']).toEqual(preview.disks);
      expect(await roles()).toEqual({ primary: 'beta', recovery: 'alpha', state: 'protected', heldBy: undefined });
      // On its way home nothing is staged: there its originals stand.
      expect((await here.api.groups.get(GROUP)).staging).toBeUndefined();
      await gone(before);
      // What servers there start from stands there still, though no point needs it.
      for (const { targetId } of runs.away.state['images'] as readonly { targetId: string }[])
        await here.arena.recoveryCloud.image.get(`/images/${targetId}`);
      const counted = await counterThere();
      expect(counted).toBeGreaterThan(0);
      await until('the guest to go on counting', async () => ((await counterThere()) > counted ? true : undefined));
      // And it is looked at there.
      await until('metadata of the new primary', async () => {
        const { ageSeconds } = await here.api.metadata.ofGroup(GROUP);
        return ageSeconds !== undefined && ageSeconds < 30 ? true : undefined;
      });
      expect(await statuses('recoveryCloud')).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
      const point = await makePoint(here);
      expect(point).toMatchObject({ outcome: 'completed' });
      expect(await sentBlocks(point.runId)).toBeLessThan(UNCHANGED / 4);
    },
    5 * MINUTE,
  );

  it(
    'that is on its way home and aborted leaves both clouds as they were',
    async () => {
      const before = [await standing(here.arena.alpha), await standing(here.arena.beta)];
      const runId = await start({ kind: 'failback', commitWindow: WINDOW });
      await at(here, runId, 'commit window', 'held');
      await here.api.runs.steer(runId, 'abort', 'test');
      expect(await runOver(here.api, runId)).toMatchObject({ outcome: 'undone' });
      const [home, there] = [await standing(here.arena.alpha), await standing(here.arena.beta)];
      expect([home, there.filter((line) => !before[1]?.includes(line))]).toEqual([before[0], []]);
      // The snapshot that the run's point was compared with went with that point; the next is compared with the replica.
      expect(before[1]?.filter((line) => !there.includes(line))).toEqual([expect.stringMatching(/^snapshots /)]);
      expect(await namesRun(here.arena.alpha, runId)).toBe(false);
      expect(traffic.told.map(({ run }) => run)).not.toContain(runId);
      expect(await statuses('primaryCloud')).toEqual(['SHUTOFF', 'SHUTOFF', 'SHUTOFF']);
      expect(await statuses('recoveryCloud')).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
    },
    5 * MINUTE,
  );

  it(
    'comes home: what stood there serves again, what it replaces goes after the commit',
    async () => {
      const runId = await start({ kind: 'failback', commitWindow: WINDOW });
      const held = await at(here, runId, 'commit window', 'held');
      await sameBytes(held, here.arena.beta, here.arena.alpha);
      for (const id of Object.values(shop.servers)) await here.arena.primaryCloud.compute.get(`/servers/${id}`);
      await here.api.runs.steer(runId, 'commit', 'test');
      runs.back = await runOver(here.api, runId);
      expect(runs.back).toMatchObject({ kind: 'failback', outcome: 'completed', state: { originalsLeft: [] } });
      await nothingUnexplained(runs.back);
      // By its plan, and with traffic led as it was before.
      const rows = runs.back.steps.map(({ name }) => name);
      expect(rows.indexOf('start wave "data"')).toBeLessThan(rows.indexOf('start wave "web"'));
      expect(outcomes(runs.back)).toEqual(['put-back', 'switched']);
      expect(await traffic.www()).toEqual(traffic.first);
      expect(traffic.told.at(-1)).toMatchObject({ from: 'beta', to: 'alpha', run: runs.back.runId });
      const removed = (runs.back.state['originalsRemoved'] as readonly { id: string }[]).map(({ id }) => id);
      expect(removed.toSorted()).toEqual([...Object.values(shop.servers), ...Object.values(shop.volumes)].toSorted());
      const now = await standing(here.arena.alpha);
      expect(now.filter((line) => STAYS.test(line))).toEqual(first.home.filter((line) => STAYS.test(line)));
      expect(await statuses('primaryCloud')).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
      expect(await statuses('recoveryCloud')).toEqual(['SHUTOFF', 'SHUTOFF', 'SHUTOFF']);
    },
    5 * MINUTE,
  );

  it(
    'leaves home by force, while it still runs there',
    async () => {
      expect(await completed({ kind: 'reprotect' })).toMatchObject({ state: { servedByBoth: [] } });
      expect(await roles()).toMatchObject({ primary: 'alpha', recovery: 'beta', state: 'protected' });
      await completed({ kind: 'cleanup', ofRunId: runs.away.runId });
      const { runId: pointId } = await makePoint(here);
      await staged(here, pointId);
      traffic.refuse(true);
      // No agent holds the lease there, so nobody knows that it does not serve; until somebody says so.
      const before = await standing(here.arena.beta);
      const unsure = await runOver(here.api, await start({ kind: 'failover', confirmPrimaryLost: true }));
      expect(unsure).toMatchObject({ outcome: 'undone', error: { code: 'primary-not-fenced' } });
      expect(await standing(here.arena.beta)).toEqual(before);
      runs.awayAgain = await completed({ kind: 'failover', confirmPrimaryLost: true, unfenced: true });
      await nothingUnexplained(runs.awayAgain);
      await servedByStaged(runs.awayAgain);
      // Whom traffic comes through refuses: the group serves all the same, and somebody is told what to do.
      expect(outcomes(runs.awayAgain)).toEqual(['switched', 'failed']);
      expect(await traffic.www()).toEqual({ ttl: 60, records: [await frontDoor()] });
      const { record } = await until('its evidence', () => evidenceOf(runs.awayAgain.runId));
      expect(record.traffic?.[1]).toMatchObject({
        outcome: 'failed',
        mend: expect.stringContaining(`run switch-traffic ${runs.awayAgain.runId}`) as string,
      });
      traffic.refuse(false);
      await expect(completed({ kind: 'switch-traffic', ofRunId: runs.back.runId })).rejects.toMatchObject({
        code: 'run-not-serving',
      });
      const again = await completed({ kind: 'switch-traffic', ofRunId: runs.awayAgain.runId });
      expect(outcomes(again)).toEqual(['switched', 'switched']);
      expect(traffic.told.at(-1)).toMatchObject({ to: 'beta', run: runs.awayAgain.runId });
    },
    5 * MINUTE,
  );

  it(
    'is quarantined by itself where it had been left running, and says how long both sides may have served',
    async () => {
      const { formerPrimary } = await until('the primary to be found alive', async () => {
        const group = await here.api.groups.get(GROUP);
        return group.formerPrimary?.quarantinedBy === undefined ? undefined : group;
      });
      expect(formerPrimary).toMatchObject({ site: 'alpha', unplanned: true });
      const quarantine = await runOver(here.api, formerPrimary?.quarantinedBy ?? '');
      expect(quarantine).toMatchObject({ kind: 'quarantine', outcome: 'completed', state: { gone: 0 } });
      const both = quarantine.state['servedByBoth'] as readonly { id: string; from: string; until: string }[];
      expect(both).toHaveLength(3);
      expect(both.every(({ from, until }) => Date.parse(from) < Date.parse(until))).toBe(true);
      expect(quarantine.state['portsDown']).toBe(Object.keys(shop.ports).length);
      expect(await statuses('primaryCloud')).toEqual(['SHUTOFF', 'SHUTOFF', 'SHUTOFF']);
      expect(await statuses('recoveryCloud')).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
      const run = await completed({ kind: 'reprotect' });
      expect(run.state).toMatchObject({ stopped: [], servedByBoth: [] });
      await writeNoMore();
      expect(await makePoint(here)).toMatchObject({ outcome: 'completed' });
    },
    5 * MINUTE,
  );

  it(
    'comes home a second time, by force, while it still runs there, where an agent fences it: the workload is as it began, and nothing of it is there twice',
    async () => {
      await here.stack.another('fence-agent', {
        LIFEBOAT_SITE: 'beta',
        LIFEBOAT_AGENT_NAME: 'beta-1',
        LIFEBOAT_LEASES_FILE: join(here.dir, 'leases.json'),
      });
      await until('the agent to hold the lease', async () => {
        const { lease } = await here.api.groups.get(GROUP);
        return lease?.site === 'beta' && lease.agents.some(({ heldSince }) => heldSince !== undefined)
          ? true
          : undefined;
      });
      runs.backAgain = await completed({ kind: 'failover', confirmPrimaryLost: true });
      expect(await statuses('recoveryCloud')).toEqual(['SHUTOFF', 'SHUTOFF', 'SHUTOFF']);
      const { record } = await until('its evidence', () => evidenceOf(runs.backAgain.runId));
      expect(record.fenced).toMatchObject([
        {
          outcome: 'done',
          said: expect.stringMatching(/Agent beta-1 held the lease since .* stopped db-1, web, web/) as string,
        },
      ]);
      expect(runs.backAgain.state).toMatchObject({ originalsLeft: [] });
      expect(runs.backAgain.state['originalsRemoved']).not.toEqual([]);
      await nothingUnexplained(runs.backAgain);
      await sameBytes(runs.backAgain, here.arena.beta, here.arena.alpha);
      // Its names stand where it was, which nobody calls before it is there again.
      expect(outcomes(runs.backAgain)).toEqual(['failed', 'switched']);
      const quarantine = await until('where it was to be found alive', async () => {
        const { formerPrimary } = await here.api.groups.get(GROUP);
        return formerPrimary?.site === 'beta' ? formerPrimary.quarantinedBy : undefined;
      });
      expect(await runOver(here.api, quarantine)).toMatchObject({
        outcome: 'completed',
        state: { gone: 0, servedByBoth: [] },
      });
      await completed({ kind: 'switch-traffic', ofRunId: runs.backAgain.runId });
      expect(await traffic.www()).toEqual(traffic.first);
      await completed({ kind: 'reprotect' });
      await gone((await here.api.points.list(GROUP)).map(({ pointId }) => pointId));
      await completed({ kind: 'cleanup', ofRunId: runs.awayAgain.runId });
      const kinds = (lines: readonly string[]) =>
        lines.map((line) => line.split(' ')[0] ?? '').filter((k) => k !== 'images');
      const now = await standing(here.arena.alpha);
      expect(now.filter((line) => STAYS.test(line))).toEqual(first.home.filter((line) => STAYS.test(line)));
      // Volumes made of a replica's snapshot hold both, of either way back, where storage clones by reference.
      const held = ['snapshots', 'snapshots', 'volumes', 'volumes'];
      expect(kinds(now)).toEqual([...kinds(first.home), ...held].toSorted());
    },
    5 * MINUTE,
  );

  it(
    'leaves nothing at the recovery site when it is protected no more: neither replicas, nor what was made for them, nor what was staged',
    async () => {
      const { runId: pointId } = await makePoint(here);
      await staged(here, pointId);
      expect((await standing(here.arena.beta)).length).toBeGreaterThan(first.away.length);
      await here.api.groups.remove(GROUP);
      await until('nothing to be left', async () =>
        (await standing(here.arena.beta)).length <= first.away.length ? true : undefined,
      );
      expect(await standing(here.arena.beta)).toEqual(first.away);
    },
    3 * MINUTE,
  );
});
