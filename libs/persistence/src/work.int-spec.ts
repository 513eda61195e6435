import type { Envelope } from '@lifeboat/contracts';
import { startServers } from '../../../tools/setup/servers.mjs';
import type { Servers } from '../../../tools/setup/servers.mjs';
import type { Database } from './database.ts';
import { aMessage, effects, scratchDatabase, scratchSchema } from './simulated/scratch.ts';
import { cancelWork, letGo, stillHeld } from './work-cancel.ts';
import { claimWork, holdClaim, releaseLeases, renewLease, takeOverDeadLeases } from './work-claims.ts';
import type { WorkRow } from './work-claims.ts';
import { takeIn } from './work-intake.ts';
import { endWork, goOnLater, keepMemo, postpone } from './work-progress.ts';

describe('the work table', () => {
  let servers: Servers;
  let one: Database;
  let other: Database;
  beforeAll(async () => void (servers = await startServers({ nats: false })), 30_000);
  beforeEach(async () => {
    const schema = scratchSchema();
    [one, other] = [scratchDatabase(servers.databaseUrl, schema), scratchDatabase(servers.databaseUrl, schema)];
    await Promise.all([one.open(() => undefined), other.open(() => undefined)]);
  });
  afterEach(() => Promise.all([one.close(), other.close()]));
  afterAll(() => servers.stop());

  const sent = async (): Promise<readonly Envelope[]> => {
    const rows = await one.query<{ envelope: Envelope }[]>(`select envelope from outbox order by seq`);
    return rows.map(({ envelope }) => envelope);
  };

  async function claimed(by: Database, message = aMessage()): Promise<WorkRow> {
    await takeIn(by, message);
    const [row] = await claimWork(by, 1);
    if (!row) throw new Error('nothing to claim');
    return row;
  }

  /** What happens when a process stops without a word for longer than its lease, e.g. its machine is suspended. */
  const letLeaseRunOut = ({ id }: WorkRow): Promise<unknown> =>
    one.query(`update work set lease_until = now() - interval '1 second' where id = $1`, [id]);

  it('answers a repeated message with the stored answer, under its id, as a new attempt', async () => {
    const message = aMessage();
    const row = await claimed(one, message);
    const answer = aMessage({ type: 'lifeboat.evt.image.example-done.v1', causationId: message.id });
    await one.transaction((tx) => endWork(tx, row, 'done', answer));
    await takeIn(other, message);
    await takeIn(one, { ...message, attempt: 2 });
    expect(await sent()).toEqual([answer, { ...answer, attempt: 2 }, { ...answer, attempt: 3 }]);
    expect(await claimWork(one, 10)).toEqual([]);
  });

  it('keeps quiet about a repeated message that is still being worked on', async () => {
    const message = aMessage();
    await claimed(one, message);
    await takeIn(other, message);
    expect({ sent: await sent(), claimed: await claimWork(other, 10) }).toEqual({ sent: [], claimed: [] });
  });

  it('works again on a repeated message that had failed without an answer', async () => {
    const message = aMessage({ type: 'lifeboat.evt.image.example-done.v1' });
    const row = await claimed(one, message);
    await one.transaction((tx) => endWork(tx, row, 'failed', undefined));
    await takeIn(one, message);
    expect(await claimWork(one, 1)).toMatchObject([{ id: message.id, failures: 0 }]);
  });

  it('stores nothing of a cancelled work, does not begin it again, and says until when its holder may be at it', async () => {
    const message = aMessage({ data: { pointId: 'pnt-1' } });
    const row = await claimed(one, message);
    const unrelated = await claimed(one, aMessage({ data: { pointId: 'pnt-2' } }));
    const match = { pointId: 'pnt-1' };
    await other.transaction((tx) => cancelWork(tx, message.type, match));
    expect(await renewLease(one, row)).toBe(false);
    expect(await renewLease(one, unrelated)).toBe(true);
    await expect(one.transaction((tx) => endWork(tx, row, 'done', aMessage()))).rejects.toMatchObject({
      code: 'work-claim-lost',
    });
    await takeIn(other, { ...message, attempt: 2 });
    expect({ sent: await sent(), claimed: await claimWork(other, 10) }).toEqual({ sent: [], claimed: [] });
    const held = () => other.transaction((tx) => stillHeld(tx, message.type, match));
    expect(await held()).toBe(true);
    await letGo(one, row);
    expect(await held()).toBe(false);
  });

  it('gives each row to one of two instances that ask at the same time', async () => {
    const messages = Array.from({ length: 100 }, () => aMessage());
    for (const message of messages) await takeIn(one, message);
    const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => claimWork(i % 2 ? one : other, 5)));
    expect(claims.flatMap((rows) => rows.map(({ id }) => id)).toSorted()).toEqual(
      messages.map(({ id }) => id).toSorted(),
    );
  });

  it('lets nobody store anything under a claim that was lost', async () => {
    const late = await claimed(one);
    await letLeaseRunOut(late);
    const [now] = await claimWork(other, 1);
    expect(now?.id).toBe(late.id);

    expect(await renewLease(one, late)).toBe(false);
    const lost = { code: 'work-claim-lost' };
    await expect(keepMemo(one, late, { step: 'stale' })).rejects.toMatchObject(lost);
    await expect(goOnLater(one, late, { step: 'stale' }, 0)).rejects.toMatchObject(lost);
    await postpone(one, late, 60_000);
    const decision = one.transaction(async (tx) => {
      await tx.query(`insert into effect values ('stale')`);
      await endWork(tx, late, 'failed', aMessage());
    });
    await expect(decision).rejects.toMatchObject(lost);
    const fenced = one.transaction(async (tx) => {
      await tx.query(`insert into effect values ('stale')`);
      await holdClaim(tx, late);
    });
    await expect(fenced).rejects.toMatchObject(lost);
    expect({ effects: await effects(one), sent: await sent() }).toEqual({ effects: [], sent: [] });
    expect(now && (await renewLease(other, now))).toBe(true);
  });

  it('goes on at once with what a dead instance held, and leaves alone what a living one holds', async () => {
    const dead = await claimed(one);
    const living = await claimed(other);
    await one.close(); // as the operating system does for a killed process
    while ((await other.query<unknown[]>(`select 1 from work where lease_owner is not null`)).length > 1)
      await takeOverDeadLeases(other); // the server needs a moment to see that the connection is gone
    expect((await claimWork(other, 10)).map(({ id }) => id)).toEqual([dead.id]);
    expect(await renewLease(other, living)).toBe(true);
  }, 10_000);

  it('keeps its leases over a restart of PostgreSQL in the eyes of an instance that starts then', async () => {
    const row = await claimed(one);
    await servers.postgres.kill();
    await servers.postgres.start();
    const locks = async (): Promise<number> =>
      (await other.query<unknown[]>(`select 1 from pg_locks where locktype = 'advisory'`).catch(() => [])).length;
    while ((await locks()) < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    await takeOverDeadLeases(other);
    expect(await renewLease(one, row)).toBe(true);
  }, 20_000);

  it('gives leases back when an instance ends in order', async () => {
    const row = await claimed(one);
    await releaseLeases(one);
    expect(await claimWork(other, 1)).toMatchObject([{ id: row.id }]);
  });

  it('remembers since when work fails, until it comes further', async () => {
    const first = await claimed(one);
    expect(first.failingSince).toBeNull();
    await postpone(one, first, 0);
    const [second] = await claimWork(one, 1);
    await postpone(one, second ?? first, 0);
    const [third] = await claimWork(one, 1);
    expect(third).toMatchObject({ failures: 2, failingSince: second?.failingSince });
    await goOnLater(one, third ?? first, { far: true }, 0);
    expect(await claimWork(one, 1)).toMatchObject([{ failures: 0, failingSince: null, memo: { far: true } }]);
  });
});
