import { startServers } from '../../../tools/setup/servers.mjs';
import type { Servers } from '../../../tools/setup/servers.mjs';
import type { Database } from './database.ts';
import { Holds, isHeld } from './holds.ts';
import { takeOverDeadLeases } from './work-claims.ts';
import { scratchDatabase, scratchSchema } from './simulated/scratch.ts';

describe('what instances share out', () => {
  let servers: Servers;
  let one: Database;
  let other: Database;
  let holds: Holds[];
  beforeAll(async () => void (servers = await startServers({ nats: false })), 30_000);
  beforeEach(async () => {
    const schema = scratchSchema();
    [one, other] = [scratchDatabase(servers.databaseUrl, schema), scratchDatabase(servers.databaseUrl, schema)];
    await Promise.all([one.open(() => undefined), other.open(() => undefined)]);
    holds = [];
  });
  afterEach(async () => {
    await Promise.allSettled(holds.map((each) => each.close()));
    await Promise.all([one.close(), other.close()]);
  });
  afterAll(() => servers.stop());

  const holding = (database: Database, scope = 'run 1'): Holds => {
    const made = new Holds(database, scope);
    holds.push(made);
    return made;
  };
  const take = async (by: Holds, key: string): Promise<boolean> => (await by.take(key, async () => ({}))) !== undefined;
  const held = (scope: string): Promise<boolean> => one.transaction((tx) => isHeld(tx, scope));
  const letRunOut = (): Promise<unknown> => one.query(`update hold set held_until = now() - interval '1 second'`);

  it('is in one hand at a time, also of two in one process', async () => {
    const [mine, beside, theirs] = [holding(one), holding(one), holding(other)];
    expect(await take(mine, 'port/1')).toBe(true);
    expect([await take(beside, 'port/1'), await take(theirs, 'port/1'), await take(theirs, 'port/2')]).toEqual([
      false,
      false,
      true,
    ]);
    await mine.release('port/1');
    expect(await take(theirs, 'port/1')).toBe(true);
  });

  it('is a thing of its own in another scope', async () => {
    expect([await take(holding(one), 'port/1'), await take(holding(other, 'run 2'), 'port/1')]).toEqual([true, true]);
  });

  it('is free for whoever starts when its holder is dead, without its lease', async () => {
    await take(holding(other), 'port/1');
    await other.close();
    await takeOverDeadLeases(one);
    expect(await held('run 1')).toBe(false);
    expect(await take(holding(one), 'port/1')).toBe(true);
  });

  it('is free after the lease, and then its holder stores nothing more for it and hears of it', async () => {
    const slow = holding(other);
    await take(slow, 'port/1');
    await letRunOut();
    expect(await held('run 1')).toBe(false);
    const keep = () => other.transaction((tx) => slow.keep(tx, 'port/1'));
    await expect(keep()).resolves.toBeUndefined();
    expect(await take(holding(one), 'port/1')).toBe(true);
    await expect(keep()).rejects.toMatchObject({ code: 'hold-lost', retryable: true });
    await new Promise((resolve) => slow.lost.addEventListener('abort', resolve));
    await slow.release('port/1');
    expect(await held('run 1')).toBe(true);
  });

  it('is not taken where what goes with it fails, and all of it is given back in the end', async () => {
    const mine = holding(one);
    const refused = mine.take('port/1', () => Promise.reject(new Error('no')));
    await expect(refused).rejects.toThrow('no');
    expect(await take(holding(other), 'port/1')).toBe(true);
    await take(mine, 'port/2');
    await mine.close();
    expect(await take(holding(other), 'port/2')).toBe(true);
  });
});
