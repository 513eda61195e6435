import { startServers } from '../../../tools/setup/servers.mjs';
import type { Servers } from '../../../tools/setup/servers.mjs';
import type { Database } from './database.ts';
import { CuttingProxy } from './simulated/cutting-proxy.ts';
import { effects, scratchDatabase, scratchSchema } from './simulated/scratch.ts';

describe('a service’s database', () => {
  let servers: Servers;
  const opened: Database[] = [];
  beforeAll(async () => void (servers = await startServers({ nats: false })), 30_000);
  afterEach(async () => void (await Promise.all(opened.splice(0).map((database) => database.close()))));
  afterAll(() => servers.stop());

  async function open(url = servers.databaseUrl, schema = scratchSchema()): Promise<Database> {
    const database = scratchDatabase(url, schema);
    opened.push(database);
    await database.open(() => undefined);
    return database;
  }

  const kill9 = async (): Promise<void> => {
    await servers.postgres.kill();
    await servers.postgres.start();
  };

  it('is waited for while PostgreSQL is away, and brought up to date when it comes', async () => {
    await servers.postgres.kill();
    const database = scratchDatabase(servers.databaseUrl);
    opened.push(database);
    let waited = 0;
    const ready = database.open(() => void waited++);
    while (waited === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(database.connected).toBe(false);
    await servers.postgres.start();
    await ready;
    expect(await effects(database)).toEqual([]);
  }, 30_000);

  it('is not waited for any longer once the service is told to stop', async () => {
    await servers.postgres.kill();
    const stopping = new AbortController();
    const opening = scratchDatabase(servers.databaseUrl).open(() => stopping.abort(), stopping.signal);
    await expect(opening).rejects.toThrow();
    await servers.postgres.start();
  }, 30_000);

  it('is made once by instances that start at the same time', async () => {
    const schema = scratchSchema();
    const instances = await Promise.all([1, 2, 3].map(() => open(servers.databaseUrl, schema)));
    for (const database of instances) expect(await effects(database)).toEqual([]);
  }, 30_000);

  it('does a transaction once when PostgreSQL is killed between two of its statements', async () => {
    const database = await open();
    let runs = 0;
    await database.transaction(async (tx) => {
      await tx.query(`insert into effect values ('first')`);
      if (++runs === 1) await kill9();
      await tx.query(`insert into effect values ('second')`);
    });
    expect({ runs, effects: await effects(database) }).toEqual({ runs: 2, effects: ['first', 'second'] });
  }, 30_000);

  it('does a transaction once when the line breaks after the server has heard its commit', async () => {
    const proxy = await CuttingProxy.before(servers.databaseUrl);
    const database = await open(proxy.url);
    void proxy.cutAfter('COMMIT');
    const answer = await database.transaction(async (tx) => {
      await tx.query(`insert into effect values ('once')`);
      return 'the result';
    });
    expect({ answer, effects: await effects(database) }).toEqual({ answer: 'the result', effects: ['once'] });
    await database.close();
    await proxy.close();
  }, 30_000);

  it('does a transaction again when the line breaks before the server has heard its commit', async () => {
    const proxy = await CuttingProxy.before(servers.databaseUrl);
    const database = await open(proxy.url);
    void proxy.cutAfter('pg_current_xact_id_if_assigned');
    await database.transaction((tx) => tx.query(`insert into effect values ('once')`));
    expect(await effects(database)).toEqual(['once']);
    await database.close();
    await proxy.close();
  }, 30_000);

  it("does a transaction again whose commit was lost in a crash, also when another's has its number by then", async () => {
    const plain = await open();
    // So that nothing of what is not committed reaches the disk before the crash.
    await plain.query(`alter system set wal_writer_delay = '10s'`);
    await plain.query(`select pg_reload_conf()`);
    const proxy = await CuttingProxy.before(servers.databaseUrl);
    const database = await open(proxy.url);
    const numbers: string[] = [];
    const told: Promise<void>[] = [];
    const others = async (): Promise<void> => {
      await kill9();
      for (let number = ''; number !== numbers[0] && numbers.length < 2;)
        await plain.transaction(async (tx) => {
          await tx.query(`insert into effect values ('of another')`);
          number = ((await tx.query(`select pg_current_xact_id()::text as id`)) as { id: string }[])[0]?.id ?? '';
          if (BigInt(number) > BigInt(numbers[0] ?? 0)) throw new Error(`${number} comes after ${numbers[0]}`);
        });
      proxy.away = false;
    };
    await database.transaction(async (tx) => {
      await tx.query(`insert into effect values ('ours')`);
      numbers.push(((await tx.query(`select pg_current_xact_id()::text as id`)) as { id: string }[])[0]?.id ?? '');
      if (numbers.length > 1) return;
      proxy.away = true;
      // The crash comes when the commit is on its way, and not before.
      told.push(proxy.cutBefore('COMMIT').then(others));
    });
    await Promise.all(told);
    expect({ runs: numbers.length, effects: await effects(database) }).toEqual({ runs: 2, effects: ['ours'] });
    await database.close();
    await proxy.close();
  }, 30_000);

  it('says that PostgreSQL is away, and is usable as soon as it is back', async () => {
    const database = await open();
    await servers.postgres.kill();
    await expect(database.query(`select 1`)).rejects.toMatchObject({ kind: 'unavailable', code: 'database-away' });
    expect(database.connected).toBe(false);
    await servers.postgres.start();
    await database.transaction((tx) => tx.query(`insert into effect values ('back')`));
    expect(await effects(database)).toEqual(['back']);
    expect(database.connected).toBe(true);
  }, 30_000);

  it('lets two transactions that cannot be serialised both come to their end', async () => {
    const database = await open();
    await database.query(`insert into effect values ('0')`);
    const increment = (): Promise<unknown> =>
      database.transaction(async (tx) => {
        await tx.query(`set transaction isolation level serializable`);
        const [row]: { what: string }[] = await tx.query(`select what from effect`);
        await tx.query(`update effect set what = $1`, [String(Number(row?.what) + 1)]);
      });
    await Promise.all([increment(), increment(), increment()]);
    expect(await effects(database)).toEqual(['3']);
  }, 30_000);
});
