import { LifeboatApi } from '@lifeboat/api-client';
import type { RunDetail } from '@lifeboat/contracts';
import { counting, lastTick, Progress, realArena, resumed, runOver, standingIn } from '@lifeboat/demo';
import type { Counted, RealArena, Standing } from '@lifeboat/demo';
import { newId } from '@lifeboat/kernel';
import type { Cloud } from '@lifeboat/openstack-client';
import { createShop, defaultOffer, startServers, startStack, until } from '@lifeboat/testing';
import type { Servers, Shop, Stack } from '@lifeboat/testing';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MINUTE = 60_000;
const GROUP = 'shop';
const PLAN = `
apiVersion: lifeboat/v1
kind: RecoveryPlan
metadata: { name: shop }
spec:
  group: shop
  waves:
    - name: data
      servers: [{ name: db-1 }]
      probes: [{ console: { server: db-1, line: '^tick boot=[0-9]+ data=[0-9]+' }, within: 300 }]
    - name: front
      servers: [{ tag: web }, { name: api }]
      probes: [{ tcp: { server: api, port: 80 }, within: 300 }]
`;
/** What comes back: its ids at home stay the same. */
const STAYS = ['network', 'subnet', 'router', 'port', 'security group', 'floating IP', 'server group'];

type Started = Parameters<LifeboatApi['runs']['start']>[1];
type Door = { readonly floating_ip_address: string };
type Side = 'primaryCloud' | 'recoveryCloud';

/** The workload is "shop", and a server whose port Nova has made itself, with a floating IP. */
describe("a life between two real clouds, with a tenant member's rights on both sides", () => {
  let arena: RealArena;
  let stack: Stack;
  let servers: Servers;
  let api: LifeboatApi;
  let shop: Shop;
  let front: { readonly server: string; readonly port: string };
  const progress = new Progress(7);
  let stuckAt: string | undefined;
  const before: Record<Side, readonly Standing[]> = { primaryCloud: [], recoveryCloud: [] };
  const runs: Partial<Record<'away' | 'back' | 'awayAgain', RunDetail>> = {};

  beforeAll(async () => {
    const { LIFEBOAT_CLOUDS_YAML: cloudsFile = '' } = process.env;
    servers = await startServers();
    const { databaseUrl, natsUrl } = servers;
    const dir = mkdtempSync(join(tmpdir(), 'lifeboat-life-'));
    const clouds = { cloudsFile, primary: 'primary', recovery: 'recovery', lose: undefined, restore: undefined };
    arena = await realArena(dir, clouds, 'member', true);
    stack = await startStack({ databaseUrl, natsUrl, cloudsFile: arena.cloudsFile, dir, env: arena.env });
    progress.say(`services write to ${dir}`);
    api = new LifeboatApi(stack.gatewayUrl, { patienceMs: MINUTE });
    progress.step('creating the workload');
    shop = await createShop(arena.primaryCloud);
    front = await createFront(arena.primaryCloud, shop);
    await Promise.all(
      Object.values({ ...shop.servers, api: front.server }).map((id) => counting(arena.primaryCloud, id)),
    );
    await protect();
    before.primaryCloud = await standingIn(arena.primaryCloud);
    before.recoveryCloud = await standingIn(arena.recoveryCloud);
  }, 10 * MINUTE);

  afterAll(async () => {
    await stack.stop();
    await arena.close();
    await servers.stop();
  }, 5 * MINUTE);

  async function protect(): Promise<void> {
    for (const site of [arena.primary, arena.recovery]) await api.sites.put(site);
    const rules = { drivers: [...arena.drivers], serverRoot: 'snapshot' as const };
    await api.policies.put({ name: 'gold', rpoSeconds: 0, keepPoints: 1, rules });
    const members = [
      ...[...Object.values(shop.servers), front.server].map((id) => ({ kind: 'server', id })),
      { kind: 'port', id: shop.ports.vip },
    ];
    const { primary, recovery } = arena;
    await api.groups.put({
      groupId: GROUP,
      name: 'Shop',
      primary,
      recovery,
      policy: 'gold',
      members: { ids: members },
    });
    await api.plans.put('shop', PLAN, 'test');
  }

  const start = async (run: Omit<Started, 'groupId' | 'reason'>): Promise<string> =>
    (await api.runs.start(newId(), { ...run, groupId: GROUP, reason: 'test' })).runId;
  const over = async (runId: string): Promise<RunDetail> => {
    const said = new Set<string>();
    const seen = ({ kind, steps }: RunDetail): void => {
      for (const { name, state, startedAt, endedAt } of steps) {
        if (state !== 'done' || !startedAt || said.has(name)) continue;
        said.add(name);
        const seconds = (Date.parse(endedAt ?? '') - Date.parse(startedAt)) / 1_000;
        progress.say(`${kind}: ${name} (${seconds} s)`);
      }
    };
    return runOver(api, runId, { timeoutMs: 20 * MINUTE, everyMs: 1_000, seen });
  };
  const completed = async (run: Omit<Started, 'groupId' | 'reason'>): Promise<RunDetail> => {
    progress.step(run.kind);
    const done = await over(await start(run));
    expect(done).toMatchObject({ outcome: 'completed' });
    return done;
  };
  const makePoint = async (): Promise<void> => {
    progress.step('recovery point');
    const { runId } = await api.points.request(GROUP, newId(), 'test');
    expect(await over(runId)).toMatchObject({ outcome: 'completed' });
  };
  /** Where each server's copy is, by the server's id on the other side. */
  const copies = async ({ runId }: RunDetail): Promise<ReadonlyMap<string, string>> => {
    const { entries } = await api.runs.ledger(runId);
    return new Map(
      entries.flatMap(({ kind, sourceId, targetId, how }) =>
        kind === 'server' && targetId && how === 'created' ? [[sourceId, targetId]] : [],
      ),
    );
  };
  /** Moves the group while somebody listens to its guests; every one of them found on its disks all that it had ever said it wrote. */
  const movesWithoutLoss = async (
    kind: 'planned-failover' | 'failback',
    from: Cloud,
    to: Cloud,
  ): Promise<RunDetail> => {
    const listening = new AbortController();
    const heard = listenTo(from, listening.signal);
    const run = await completed({ kind });
    listening.abort();
    const wrote = await heard;
    const there = await copies(run);
    expect(there.size).toBe(4);
    for (const [source, target] of there) {
      const [last, found] = [wrote.get(source), await resumed(to, target)];
      expect(last?.boot).toBeGreaterThan(0);
      expect(found.boot).toBeGreaterThanOrEqual(last?.boot ?? Number.NaN);
      if (Number.isFinite(last?.data)) expect(found.data).toBeGreaterThanOrEqual(last?.data ?? Number.NaN);
    }
    return run;
  };
  const nothingUnexplained = async (run: RunDetail): Promise<void> => {
    expect(run.state).toMatchObject({ orphans: 0, doubles: 0 });
    const { entities } = await api.runs.receipt(run.runId);
    const unexplained = entities.flatMap(({ kind, name, fields }) =>
      fields.filter(({ outcome }) => outcome === 'unexplained').map((field) => ({ kind, name, ...field })),
    );
    expect(unexplained).toEqual([]);
  };
  const statuses = async (side: Side): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { status } of arena[side].compute.list<{ status: string }>('/servers/detail', 'servers'))
      found.push(status);
    return found.toSorted();
  };
  const roles = async () => {
    const { primary, recovery, state } = await api.groups.get(GROUP);
    return { primary, recovery, state };
  };
  const all = (status: string) => Array<string>(4).fill(status);
  /** Nova's own ports have no name, and floating IPs neither. */
  const named = ({ what, id, name }: Standing): string => (name === id ? what : `${what} ${name}`);
  /** By kind, but for images: those of points come and go. */
  const whatStands = async (side: Side) =>
    (await standingIn(arena[side]))
      .filter(({ what }) => what !== 'image')
      .map(named)
      .toSorted();
  const stood = (side: Side) =>
    before[side]
      .filter(({ what }) => what !== 'image')
      .map(named)
      .toSorted();
  const sameIds = async (except: readonly string[]): Promise<void> => {
    const ids = (list: readonly Standing[]) =>
      list
        .filter(({ what, id }) => STAYS.includes(what) && !except.includes(id))
        .map(({ what, id, name }) => `${what} ${id} ${name}`)
        .toSorted();
    expect(ids(await standingIn(arena.primaryCloud))).toEqual(expect.arrayContaining(ids(before.primaryCloud)));
  };

  /** Nothing after it makes sense when one has failed. */
  const chapter = (name: string, story: () => Promise<void>, minutes: number): void =>
    it(
      name,
      async () => {
        if (stuckAt) throw new Error(`Not reached, since "${stuckAt}" failed.`);
        stuckAt = name;
        await story();
        stuckAt = undefined;
      },
      minutes * MINUTE,
    );

  chapter(
    'is rehearsed by its plan, and the recovery cloud is left as it was',
    async () => {
      await makePoint();
      expect(await api.plans.verify('shop')).toMatchObject({ readiness: { blockers: [] } });
      const run = await completed({ kind: 'drill' });
      expect(run.state).toMatchObject({ leaks: [], orphans: 0, doubles: 0 });
      await nothingUnexplained(run);
      expect(await whatStands('recoveryCloud')).toEqual(stood('recoveryCloud'));
      expect(await statuses('primaryCloud')).toEqual(all('ACTIVE'));
    },
    25,
  );

  chapter(
    'leaves home by plan: nothing that a guest had written is lost, and the doors open there',
    async () => {
      runs.away = await movesWithoutLoss('planned-failover', arena.primaryCloud, arena.recoveryCloud);
      await nothingUnexplained(runs.away);
      expect(await statuses('primaryCloud')).toEqual(all('SHUTOFF'));
      await doorsOpen(arena.recoveryCloud, 2);
    },
    25,
  );

  chapter(
    'is protected there, and comes home: with the ids it had, and nothing lost',
    async () => {
      const turned = await completed({ kind: 'reprotect' });
      expect(turned.state).toMatchObject({ stopped: [], servedByBoth: [], lostMembers: [] });
      expect(await roles()).toEqual({ primary: 'recovery', recovery: 'primary', state: 'protected' });
      await makePoint();
      runs.back = await movesWithoutLoss('failback', arena.recoveryCloud, arena.primaryCloud);
      expect(runs.back.state).toMatchObject({ originalsLeft: [] });
      await nothingUnexplained(runs.back);
      await doorsOpen(arena.primaryCloud, 2);
      // Nova deletes the port that it had made itself; another one has its address.
      await sameIds([front.port]);
      expect(await whatStands('primaryCloud')).toEqual(stood('primaryCloud'));
      expect(await statuses('recoveryCloud')).toEqual(all('SHUTOFF'));
    },
    40,
  );

  chapter(
    'leaves home by force when that is lost, and is quarantined there when it comes back, having served all the time',
    async () => {
      // When it has been away before.
      if (runs.away) {
        await completed({ kind: 'reprotect' });
        await completed({ kind: 'cleanup', ofRunId: runs.away.runId });
      }
      await makePoint();
      await arena.losePrimary();
      runs.awayAgain = await completed({ kind: 'failover', confirmPrimaryLost: true });
      await nothingUnexplained(runs.awayAgain);
      // What the point had: each guest found its disks whole.
      for (const target of (await copies(runs.awayAgain)).values())
        expect((await resumed(arena.recoveryCloud, target)).boot).toBeGreaterThan(0);
      await doorsOpen(arena.recoveryCloud, 2);
      expect(await statuses('primaryCloud')).toEqual(all('ACTIVE'));
      await arena.returnPrimary();
      const quarantine = await over(
        await until('the primary to be found', async () => (await api.groups.get(GROUP)).formerPrimary?.quarantinedBy, {
          timeoutMs: MINUTE,
        }),
      );
      expect(quarantine).toMatchObject({ kind: 'quarantine', outcome: 'completed' });
      const both = quarantine.state['servedByBoth'] as readonly { from: string; until: string }[];
      expect(both).toHaveLength(4);
      expect(both.every(({ from, until: to }) => Date.parse(from) < Date.parse(to))).toBe(true);
      expect(await statuses('primaryCloud')).toEqual(all('SHUTOFF'));
      await doorsShut(arena.primaryCloud);
      await completed({ kind: 'reprotect' });
    },
    40,
  );

  chapter(
    'comes home a second time: as it began, and nothing is left or there twice',
    async () => {
      await makePoint();
      await nothingUnexplained(await movesWithoutLoss('failback', arena.recoveryCloud, arena.primaryCloud));
      await doorsOpen(arena.primaryCloud, 2);
      await sameIds([front.port]);
      await completed({ kind: 'reprotect' });
      await completed({ kind: 'cleanup', ofRunId: runs.awayAgain?.runId ?? '' });
      expect(await whatStands('recoveryCloud')).toEqual(stood('recoveryCloud'));
      expect(await whatStands('primaryCloud')).toEqual(stood('primaryCloud'));
    },
    40,
  );

  const doorsOf = async (cloud: Cloud): Promise<readonly string[]> => {
    const { projectId } = await cloud.whoAmI();
    const addresses: string[] = [];
    const query = { project_id: projectId };
    for await (const found of cloud.network.list<Door>('/floatingips', 'floatingips', { query }))
      addresses.push(found.floating_ip_address);
    return addresses;
  };

  /** As many floating IPs as that answer from outside. */
  async function doorsOpen(cloud: Cloud, doors: number): Promise<void> {
    const addresses = await doorsOf(cloud);
    expect(addresses).toHaveLength(doors);
    for (const ip of addresses)
      await until(`${ip} to answer`, () => answers(ip), { timeoutMs: 3 * MINUTE, everyMs: 2_000 });
  }

  async function doorsShut(cloud: Cloud): Promise<void> {
    expect(await Promise.all((await doorsOf(cloud)).map(answers))).toEqual([undefined, undefined]);
  }
});

/** What each guest of a project said it had written last, asked until nobody wants to know any more. Nova has no console of one that was stopped. */
async function listenTo(cloud: Cloud, signal: AbortSignal): Promise<ReadonlyMap<string, Counted>> {
  const said = new Map<string, Counted>();
  while (!signal.aborted) {
    for await (const { id } of cloud.compute.list<{ id: string }>('/servers', 'servers')) {
      const last = await lastTick(cloud, id).catch(() => undefined);
      if (last) said.set(id, last);
    }
    await pause(1_000);
  }
  return said;
}

/** A server on the shop's network, whose port Nova makes, with a floating IP of its own. */
async function createFront(cloud: Cloud, shop: Shop): Promise<{ readonly server: string; readonly port: string }> {
  const find = async (path: string, key: string, wanted: string): Promise<string> => {
    for await (const { id, name } of cloud.compute.list<{ id: string; name: string }>(path, key))
      if (name === wanted) return id;
    throw new Error(`There is no ${wanted} among the ${key}.`);
  };
  const { server } = await cloud.compute.post<{ server: { id: string } }>('/servers', {
    server: {
      name: 'api',
      imageRef: shop.imageId,
      flavorRef: await find('/flavors', 'flavors', defaultOffer.flavor),
      networks: [{ uuid: shop.networkId }],
      security_groups: [{ name: 'shop-web' }],
    },
  });
  const port = await until(
    'the port that Nova makes',
    async () => {
      const query = { device_id: server.id };
      for await (const { id } of cloud.network.list<{ id: string }>('/ports', 'ports', { query })) return id;
      return undefined;
    },
    { timeoutMs: MINUTE },
  );
  const network = shop.externalNetworkId;
  await cloud.network.post('/floatingips', { floatingip: { floating_network_id: network, port_id: port } });
  return { server: server.id, port };
}

const answers = (ip: string): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: ip, port: 80, timeout: 2_000 });
    const end = (answer: true | undefined) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(undefined)).once('timeout', end(undefined));
  });
