import type { DataOf, ResolvedSwitch, SwitchResult } from '@lifeboat/contracts';
import { SwitchTraffic } from '@lifeboat/contracts';
import type { Cloud } from '@lifeboat/openstack-client';
import { entities } from '@lifeboat/openstack-entities';
import { captureProject, MemoryLedger } from '@lifeboat/openstack-entity-api';
import { startSimulator } from '@lifeboat/openstack-simulator';
import type { Simulator } from '@lifeboat/openstack-simulator';
import type { Database, WorkContext } from '@lifeboat/service-kit';
import { createShop, openSimulated, startServers, until } from '@lifeboat/testing';
import type { Servers, Shop } from '@lifeboat/testing';
import pg from 'pg';
import { Traffic1790000001051 } from '../migrations/0005-traffic.ts';
import { PlansFile } from '../plan/plans-file.ts';
import { SwitchTrafficHandler } from './switch-traffic.handler.ts';
import { TrafficSwitches } from './traffic-switches.ts';

type Input = DataOf<typeof SwitchTraffic>;
type Memo = Parameters<SwitchTrafficHandler['work']>[1];
type Item = Readonly<Record<string, unknown>> & { readonly id: string };
type Value = { readonly ttl: unknown; readonly records: unknown };

const [ZONE, NAME] = ['shop.example.', 'www.shop.example.'];
const HOME = { ttl: 3_600, records: ['192.0.2.10'] };

/** On a real PostgreSQL and a played cloud, which is either site: what counts is what the rows of its runs say. */
describe('switching traffic', () => {
  let servers: Servers;
  let client: pg.Client;
  let simulator: Simulator;
  let cloud: Cloud;
  let shop: Shop;
  let zone: string;
  let rebuild: object;

  beforeAll(async () => {
    servers = await startServers({ nats: false, fsync: false });
    client = new pg.Client({ connectionString: servers.databaseUrl });
    await client.connect();
    await new Traffic1790000001051().up(client as never);
    const small = { gibBytes: 64 * 1024, imageBytes: 64 * 1024, guestEveryMs: 0, delayMs: 2 };
    simulator = await startSimulator({ ...small, name: 'beta', furtherServices: ['dns'] });
    cloud = openSimulated(simulator);
    shop = await createShop(cloud);
    zone = (await cloud.dns.post<Item>('/zones', { name: ZONE, email: 'h@shop.example' })).id;
    const { all } = await captureProject({ cloud, registry: entities, seal: () => ({}) });
    // As if everything had been made where it stands.
    const ledger = new MemoryLedger();
    for (const { kind, id } of all.entities) await ledger.put({ ref: { kind, id }, state: 'finished', targetId: id });
    rebuild = { cloud, topology: all, ledger };
  }, 90_000);
  afterAll(async () => {
    await cloud.close();
    await simulator.stop();
    await client.end();
    await servers.stop();
  });
  beforeEach(async () => {
    await client.query('delete from traffic_switch');
    for (const [set] of [await sets()]) if (set) await cloud.dns.delete(`/zones/${zone}/recordsets/${set.id}`);
    await until('it to be gone', async () => ((await sets()).length === 0 ? true : undefined), { everyMs: 5 });
    await cloud.dns.post(`/zones/${zone}/recordsets`, { name: NAME, type: 'A', ...HOME });
  });

  const sets = async (): Promise<readonly Item[]> => {
    const found: Item[] = [];
    const query = { name: NAME, type: 'A' };
    for await (const one of cloud.dns.list<Item>(`/zones/${zone}/recordsets`, 'recordsets', { query })) found.push(one);
    return found;
  };
  const www = async (): Promise<Value> => {
    const [{ ttl, records } = { ttl: undefined, records: undefined }] = await sets();
    return { ttl, records };
  };

  const query = async (sql: string, values: unknown[] = []): Promise<unknown> => (await client.query(sql, values)).rows;
  const database = {
    query,
    transaction: (fn: (tx: object) => unknown) => Promise.resolve(fn({ query })),
  } as never as Database;
  const opened: string[] = [];
  /** A run from here to there. */
  const handler = (run: { source: string; target: string; home?: true }) =>
    new SwitchTrafficHandler(
      {
        knownInput: (runId: string) => Promise.resolve({ runId, groupId: 'shop', ...run }),
        rebuildOf: () => Promise.resolve(rebuild),
      } as never,
      new TrafficSwitches(database),
      { open: (site: string) => Promise.resolve(opened.push(site)).then(() => cloud) } as never,
      {} as never,
      PlansFile.parse({
        commands: { refuse: ['/bin/sh', '-c', 'echo not now; exit 1'], busy: ['/bin/sh', '-c', 'exit 75'] },
      }),
    );
  const OUT = { source: 'alpha', target: 'beta' };
  const BACK = { source: 'beta', target: 'alpha', home: true } as const;

  const to = (ttl = 60): ResolvedSwitch => ({
    designate: { site: 'beta', zone: ZONE, name: NAME, type: 'A', ttl, servers: [] },
    serves: [{ id: shop.servers.web1, name: 'web' }],
  });
  const context = (memos: Memo[] = []) =>
    ({
      signal: new AbortController().signal,
      saveMemo: (memo: Memo) => Promise.resolve(void memos.push(memo)),
    }) as unknown as WorkContext;
  const done = async (of: SwitchTrafficHandler, data: Omit<Input, 'groupId'>): Promise<readonly SwitchResult[]> => {
    for (let memo: Memo; ;) {
      const outcome = await of.work({ groupId: 'shop', ...data }, memo, context());
      if ('done' in outcome) return outcome.done.traffic;
      memo = outcome.again;
    }
  };

  it('tells what led where, and puts it back on the way home', async () => {
    const there = { ttl: 60, records: [shop.floatingIp.address] };
    expect(await done(handler(OUT), { runId: 'away', traffic: [to()], lost: 'alpha' })).toMatchObject([
      { outcome: 'switched', before: '192.0.2.10 (TTL 3600)', after: `${shop.floatingIp.address} (TTL 60)` },
    ]);
    expect(await www()).toEqual(there);
    // Its servers are reached at the same addresses there as here.
    expect(await done(handler(BACK), { runId: 'back', traffic: [to()] })).toMatchObject([{ outcome: 'put-back' }]);
    expect(await www()).toEqual(HOME);
    // By a failover that leads there nothing is put back.
    expect(
      await done(handler({ ...BACK, home: undefined } as never), { runId: 'lost', traffic: [to()] }),
    ).toMatchObject([{ outcome: 'switched' }]);
    expect(await www()).toEqual(there);
  });

  it('keeps what stood there from before its first change, however often it is cut off and done again', async () => {
    const memos: Memo[] = [];
    // Cut off after the record was changed: all that the next one has is what was stored.
    await handler(OUT).work({ groupId: 'shop', runId: 'away', traffic: [to()] }, undefined, context(memos));
    expect(await www()).not.toEqual(HOME);
    await handler(OUT).work({ groupId: 'shop', runId: 'away', traffic: [to()] }, memos.at(-1), context());
    expect(await done(handler(OUT), { runId: 'away', again: 'later' })).toMatchObject([
      { outcome: 'switched', before: '192.0.2.10 (TTL 3600)' },
    ]);
    await done(handler(BACK), { runId: 'back', traffic: [to()] });
    expect(await www()).toEqual(HOME);
  });

  it('goes on with the next when one is refused, and says what to do; later it does them all again', async () => {
    const refused = { command: 'refuse', serves: [] };
    const results = await done(handler(OUT), { runId: 'away', traffic: [refused, to()] });
    expect(results).toMatchObject([
      { switch: 'command refuse', outcome: 'failed', said: expect.stringContaining('not now') as string },
      { outcome: 'switched' },
    ]);
    expect(results[0]?.mend).toContain('lifeboat run switch-traffic away');
    expect(await done(handler(OUT), { runId: 'away', again: 'later' })).toMatchObject([
      { outcome: 'failed' },
      { outcome: 'switched' },
    ]);
  });

  it('is tried again while it may pass, and has failed when its time is over', async () => {
    const data = { groupId: 'shop', runId: 'away', traffic: [{ command: 'busy', serves: [] }] };
    const since = (seconds: number) => ({ results: [], since: new Date(Date.now() - seconds * 1_000).toISOString() });
    expect(await handler(OUT).work(data, since(0), context())).toMatchObject({ again: { results: [] } });
    expect(await handler(OUT).work(data, since(301), context())).toMatchObject({
      done: { traffic: [{ outcome: 'failed', said: expect.stringContaining('asked again') as string }] },
    });
  });

  it('calls nothing of a site that is lost', async () => {
    opened.length = 0;
    expect(await done(handler(OUT), { runId: 'away', traffic: [to()], lost: 'beta' })).toMatchObject([
      { outcome: 'failed', said: expect.stringContaining('gave up for lost') as string },
    ]);
    expect(opened).toEqual([]);
  });

  it('of none is done at once', async () => {
    expect(await done(handler(OUT), { runId: 'away', traffic: [] })).toEqual([]);
  });
});
