import type { Envelope } from '@lifeboat/contracts';
import { invalidInput, unavailable } from '@lifeboat/kernel';
import { startServers } from '../../../tools/setup/servers.mjs';
import type { Servers } from '../../../tools/setup/servers.mjs';
import { Bus } from './bus.ts';
import { consume } from './consumer.ts';
import type { Handle } from './consumer.ts';
import { dropDeadLetter, listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { aMessage, until } from './simulated/messages.ts';
import { subscriptions } from './streams.ts';

const TYPE = 'lifeboat.cmd.image.example.v1';

describe('a consumer', () => {
  let servers: Servers;
  let bus: Bus;
  let stop: AbortController;
  beforeAll(async () => {
    servers = await startServers({ postgres: false });
    bus = new Bus(servers.natsUrl, 'spec');
  }, 30_000);
  beforeEach(() => void (stop = new AbortController()));
  afterEach(() => stop.abort());
  afterAll(async () => {
    await bus.close();
    await servers.stop();
  });

  const read = (handle: Handle, concurrency = 4): Promise<void> =>
    consume(bus, subscriptions.commands('image'), handle, {
      concurrency,
      signal: stop.signal,
      onProblem: () => undefined,
    });

  /** As often as it takes: the server may be away. */
  const publish = (message: Envelope): Promise<true> =>
    until(() =>
      bus.publish(TYPE, message).then(
        () => true as const,
        () => undefined,
      ),
    );

  it('hands on a message with all its attributes', async () => {
    const message = aMessage(
      TYPE,
      { some: ['data', 1, null] },
      {
        attempt: 3,
        correlationId: 'run-1',
        causationId: 'cause-1',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        tracestate: 'vendor=value',
      },
    );
    const arrived = Promise.withResolvers<Envelope>();
    void read(async (envelope) => arrived.resolve(envelope));
    await publish(message);
    expect(await arrived.promise).toEqual(message);
  }, 10_000);

  it('handles a message that was published twice under one attempt once, and its next attempt again', async () => {
    const message = aMessage(TYPE);
    const seen: number[] = [];
    void read(async ({ id, attempt }) => void (id === message.id && seen.push(attempt)));
    await publish(message);
    await publish(message);
    await publish({ ...message, attempt: 2 });
    await until(() => (seen.includes(2) ? true : undefined));
    expect(seen).toEqual([1, 2]);
  }, 10_000);

  it('never has more messages at hand than it may', async () => {
    let [now, most, done] = [0, 0, 0];
    void read(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now--;
      done++;
    }, 3);
    for (let i = 0; i < 20; i++) await publish(aMessage(TYPE));
    await until(() => (done >= 20 ? true : undefined));
    expect(most).toBe(3);
  }, 20_000);

  it('gives back what may work later, until it works', async () => {
    const message = aMessage(TYPE);
    let tries = 0;
    const handled = Promise.withResolvers<number>();
    void read(async ({ id }) => {
      if (id !== message.id) return;
      if (++tries < 4) throw unavailable('not-yet', 'Not yet.');
      handled.resolve(tries);
    });
    await publish(message);
    expect(await handled.promise).toBe(4);
    expect(await listDeadLetters(bus)).toEqual([]);
  }, 20_000);

  it('keeps what is refused for good with the reason, as it came, and hands it on again when replayed', async () => {
    const message = aMessage(TYPE, { poison: true }, { correlationId: 'run-1' });
    let refuse = true;
    const handled = Promise.withResolvers<Envelope>();
    void read(async (envelope) => {
      if (refuse) throw invalidInput('too-strange', 'Too strange\r\nfor words.');
      handled.resolve(envelope);
    });
    await publish(message);
    const letter = await until(async () => (await listDeadLetters(bus))[0]);
    expect(letter).toMatchObject({ subject: TYPE, id: message.id, reason: 'too-strange: Too strange for words.' });
    refuse = false;
    await replayDeadLetter(bus, letter.sequence);
    expect(await handled.promise).toEqual({ ...message, attempt: 2 });
    expect(await listDeadLetters(bus)).toEqual([]);
  }, 10_000);

  it('keeps what is no message of ours', async () => {
    const nc = await bus.connection();
    void read(async () => undefined);
    nc.publish(TYPE, 'no headers, no JSON');
    const letter = await until(async () => (await listDeadLetters(bus))[0]);
    expect(letter).toMatchObject({ subject: TYPE, reason: expect.stringMatching(/^message-unreadable: .*ce-id/) });
    await dropDeadLetter(bus, letter.sequence);
    await dropDeadLetter(bus, letter.sequence); // quiet: it is gone
    expect(await listDeadLetters(bus)).toEqual([]);
    await expect(replayDeadLetter(bus, letter.sequence)).rejects.toMatchObject({ code: 'dead-letter-not-found' });
  }, 10_000);

  it.each([
    ['killed', () => servers.nats.kill()],
    ['killed and its store wiped', () => servers.nats.wipe()],
  ])(
    'goes on when the server that was %s is back',
    async (_, harm) => {
      const seen = new Set<string>();
      void read(async ({ id }) => void seen.add(id));
      const before = aMessage(TYPE);
      await publish(before);
      await until(() => (seen.has(before.id) ? true : undefined));
      await harm();
      await servers.nats.start();
      const after = aMessage(TYPE);
      await publish(after);
      await until(() => (seen.has(after.id) ? true : undefined));
    },
    30_000,
  );

  it('goes on when somebody deleted its stream under it', async () => {
    const seen = new Set<string>();
    void read(async ({ id }) => void seen.add(id));
    const before = aMessage(TYPE);
    await publish(before);
    await until(() => (seen.has(before.id) ? true : undefined));
    const { jetstreamManager } = await import('@nats-io/jetstream');
    await (await jetstreamManager(await bus.connection())).streams.delete('COMMANDS');
    const after = aMessage(TYPE);
    await publish(after);
    await until(() => (seen.has(after.id) ? true : undefined));
  }, 30_000);

  it('ends when it is told to, after what it has at hand', async () => {
    const begun = Promise.withResolvers<void>();
    let finished = false;
    const reading = read(async () => {
      begun.resolve();
      await new Promise((resolve) => setTimeout(resolve, 100));
      finished = true;
    });
    await publish(aMessage(TYPE));
    await begun.promise;
    stop.abort();
    await reading;
    expect(finished).toBe(true);
  }, 10_000);
});
