import type { Envelope } from '@lifeboat/contracts';
import { startServers } from '../../../tools/setup/servers.mjs';
import type { Servers } from '../../../tools/setup/servers.mjs';
import type { Database } from './database.ts';
import { addToOutbox, relayOutbox } from './outbox.ts';
import type { Publish } from './outbox.ts';
import { aMessage, scratchDatabase } from './simulated/scratch.ts';
import { queueDepth } from './work-progress.ts';

const HOUR_MS = 3_600_000;

describe('the outbox', () => {
  let servers: Servers;
  let database: Database;
  const stopping: AbortController[] = [];
  beforeAll(async () => void (servers = await startServers({ nats: false })), 30_000);
  beforeEach(async () => {
    database = scratchDatabase(servers.databaseUrl);
    await database.open(() => undefined);
  });
  afterEach(async () => {
    for (const one of stopping.splice(0)) one.abort();
    await database.close();
  });
  afterAll(() => servers.stop());

  const relay = (publish: Publish, pollMs?: number): Promise<void> => {
    const stop = new AbortController();
    stopping.push(stop);
    return relayOutbox(database, publish, stop.signal, () => undefined, pollMs);
  };

  const write = async (...envelopes: Envelope[]): Promise<void> => {
    await database.transaction((tx) => addToOutbox(tx, envelopes));
    database.wake.emit('outbox');
  };

  const untilEmpty = async (): Promise<void> => {
    while ((await queueDepth(database)).outbox > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  const keyOf = ({ id, attempt }: Envelope): string => `${id}:${attempt}`;

  it('sends what was committed, in order, and nothing of what was rolled back', async () => {
    const sent: string[] = [];
    void relay(async (subject, envelope) => void sent.push(`${subject} ${envelope.id}`));
    const rolledBack = database.transaction(async (tx) => {
      await addToOutbox(tx, [aMessage()]);
      throw new Error('changed its mind');
    });
    await expect(rolledBack).rejects.toThrow('changed its mind');
    const messages = Array.from({ length: 250 }, () => aMessage());
    await write(...messages);
    await untilEmpty();
    expect(sent).toEqual(messages.map(({ id, type }) => `${type} ${id}`));
  }, 20_000);

  it('sends at once, without waiting for a poll', async () => {
    const arrived = Promise.withResolvers<string>();
    void relay(async (_, { id }) => arrived.resolve(id), HOUR_MS);
    await new Promise((resolve) => setTimeout(resolve, 100)); // the relay is idle by now
    const message = aMessage();
    await write(message);
    expect(await arrived.promise).toBe(message.id);
  });

  it('keeps what was refused and sends the rest', async () => {
    const [refused, other] = [aMessage(), aMessage()];
    const sent = new Set<string>();
    let serverIsBack = false;
    void relay(async (_, envelope) => {
      if (envelope.id === refused.id && !serverIsBack) throw new Error('not now');
      sent.add(envelope.id);
    });
    await write(refused, other);
    while (!sent.has(other.id)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toEqual(new Set([other.id]));
    serverIsBack = true;
    await untilEmpty();
    expect(sent).toEqual(new Set([other.id, refused.id]));
  }, 20_000);

  it('sends again under the same id and attempt what was in flight when PostgreSQL was killed', async () => {
    const message = aMessage();
    const sent: string[] = [];
    void relay(async (_, envelope) => {
      sent.push(keyOf(envelope));
      if (sent.length > 1) return;
      await servers.postgres.kill();
      await servers.postgres.start();
    });
    await write(message);
    while (sent.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await untilEmpty();
    expect(new Set(sent)).toEqual(new Set([keyOf(message)]));
  }, 20_000);

  it('is shared by two relays without sending a message twice', async () => {
    const sent: string[] = [];
    const publish: Publish = async (_, envelope) => void sent.push(envelope.id);
    const messages = Array.from({ length: 300 }, () => aMessage());
    await write(...messages);
    void relay(publish);
    void relay(publish);
    await untilEmpty();
    expect(sent.toSorted()).toEqual(messages.map(({ id }) => id).toSorted());
  }, 20_000);

  it('refuses a message that no server would take, where its writer can still say so', async () => {
    const huge = aMessage({ data: { text: 'x'.repeat(1_100_000) } });
    await expect(database.transaction((tx) => addToOutbox(tx, [huge]))).rejects.toMatchObject({
      code: 'message-too-large',
    });
    expect((await queueDepth(database)).outbox).toBe(0);
  });
});
