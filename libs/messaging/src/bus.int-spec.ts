import { request } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { jetstreamManager } from '@nats-io/jetstream';
import { z } from 'zod';
import { startServers } from '../../../tools/setup/servers.mjs';
import type { Servers } from '../../../tools/setup/servers.mjs';
import { Bus } from './bus.ts';
import { listDeadLetters } from './dead-letters.ts';
import { ask, serve } from './requests.ts';
import { aMessage, until } from './simulated/messages.ts';
import { syncOf } from './server-version.ts';
import { ensureStreams } from './streams.ts';

const Double = request({
  context: 'image',
  name: 'double',
  summary: 'Twice the number.',
  input: z.object({ number: z.number() }),
  output: z.object({ number: z.number() }),
});

const Long = request({
  context: 'image',
  name: 'long',
  summary: 'A text of that length.',
  input: z.object({ number: z.number() }),
  output: z.object({ text: z.string() }),
});

describe('the bus', () => {
  let servers: Servers;
  const buses: Bus[] = [];
  const open = (url = servers.natsUrl): Bus => {
    const bus = new Bus(url, 'spec');
    buses.push(bus);
    return bus;
  };
  beforeAll(async () => void (servers = await startServers({ postgres: false })), 30_000);
  afterEach(() => servers.nats.start());
  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await servers.stop();
  });

  it('is there without a server, says so, and connects when one comes', async () => {
    await servers.nats.kill();
    const bus = open();
    await expect(bus.connection(AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'bus-away' });
    expect(bus.connected).toBe(false);
    await servers.nats.start();
    await bus.connection();
    expect(bus.connected).toBe(true);
  }, 20_000);

  it('knows when the server has gone, and when it is back', async () => {
    const bus = open();
    await bus.connection();
    await servers.nats.kill();
    await until(() => (bus.connected ? undefined : true));
    await servers.nats.start();
    await until(() => (bus.connected ? true : undefined));
  }, 20_000);

  it('does not say that a message is stored while the server is away', async () => {
    const bus = open();
    await bus.connection();
    await servers.nats.kill();
    const message = aMessage('lifeboat.evt.image.example.v1');
    await expect(bus.publish(message.type, message)).rejects.toMatchObject({ kind: 'unavailable', code: 'bus-away' });
  }, 20_000);

  it('makes the streams again that a server has lost', async () => {
    const bus = open();
    const nc = await bus.connection();
    await servers.nats.wipe();
    await servers.nats.start();
    const message = aMessage('lifeboat.evt.image.example.v1');
    await until(() =>
      bus.publish(message.type, message).then(
        () => true as const,
        () => undefined,
      ),
    );
    const { state } = await (await jetstreamManager(nc)).streams.info('EVENTS');
    expect(state.messages).toBe(1);
  }, 30_000);

  it('adapts a stream that an earlier version declared otherwise, and keeps what is in it', async () => {
    const bus = open();
    const nc = await bus.connection();
    const manager = await jetstreamManager(nc);
    await ensureStreams(nc);
    const message = aMessage('lifeboat.evt.image.example.v1');
    await bus.publish(message.type, message);
    const before = await manager.streams.info('EVENTS');
    await manager.streams.update('EVENTS', { ...before.config, max_age: 3_600_000_000_000 });
    await ensureStreams(nc);
    const after = await manager.streams.info('EVENTS');
    expect(after.config.max_age).toBe(before.config.max_age);
    expect(after.state.messages).toBe(before.state.messages);
  });

  it('refuses a message that the server would not take, at once and for good', async () => {
    const message = aMessage('lifeboat.evt.image.example.v1', { text: 'x'.repeat(1 << 20) });
    await expect(open().publish(message.type, message)).rejects.toMatchObject({
      kind: 'bug',
      code: 'message-too-large',
    });
  });

  it('sees whether the server flushes before it acknowledges', async () => {
    expect(await syncOf(servers.natsMonitorUrl)).toBe('always');
    expect(await syncOf('http://127.0.0.1:1')).toBe('unknown');
    expect(await syncOf(undefined)).toBe('unknown');
  });

  it('carries an answer of any size, beside others, and refuses one beyond all measure', async () => {
    const lengthOf = ({ number }: { readonly number: number }): { text: string } => ({ text: 'ä'.repeat(number) });
    const subscription = await serve(open(), Long, async (input) => lengthOf(input), fail);
    const bus = open();
    const sizes = [1, 300_000, 5_000_000, 10, 600_000];
    const answers = await Promise.all(sizes.map((number) => ask(bus, Long, { number })));
    expect(answers.map(({ text }) => text === lengthOf({ number: text.length }).text && text.length)).toEqual(sizes);
    subscription.unsubscribe();

    const problems: unknown[] = [];
    const again = await serve(
      open(),
      Long,
      async (input) => lengthOf(input),
      (thrown) => problems.push(thrown),
    );
    await expect(ask(bus, Long, { number: 30_000_000 })).rejects.toMatchObject({ code: 'answer-too-large' });
    expect(problems).toHaveLength(1);
    again.unsubscribe();
  }, 30_000);

  it('carries questions and answers', async () => {
    const subscription = await serve(open(), Double, async ({ number }) => ({ number: number * 2 }), fail);
    expect(await ask(open(), Double, { number: 21 })).toEqual({ number: 42 });
    subscription.unsubscribe();
  });

  it('carries an error with all that helps, and calls a mistake one', async () => {
    const problems: unknown[] = [];
    const answer = async ({ number }: { number: number }): Promise<{ number: number }> => {
      if (number === 0) throw new TypeError('a mistake');
      throw conflict('too-late', 'Too late.', { mend: 'Be early.', data: { by: 5 } });
    };
    const subscription = await serve(open(), Double, answer, (thrown) => problems.push(thrown));
    await expect(ask(open(), Double, { number: 1 })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'too-late',
      message: 'Too late.',
      mend: 'Be early.',
      data: { by: 5 },
    });
    expect(problems).toEqual([]);
    await expect(ask(open(), Double, { number: 0 })).rejects.toMatchObject({ kind: 'bug' });
    expect(problems).toHaveLength(1);
    subscription.unsubscribe();
  });

  it('names the fields of a malformed question, and refuses what is no JSON', async () => {
    const bus = open();
    const subscription = await serve(bus, Double, async (input) => input, fail);
    const wrong = ask(bus, Double, { number: 'one' } as unknown as { number: number });
    await expect(wrong).rejects.toMatchObject({
      code: 'request-malformed',
      message: expect.stringContaining('number'),
    });
    const answer = await (await bus.connection()).request(Double.subject, 'no JSON', { timeout: 2_000 });
    expect(answer.json()).toMatchObject({ kind: 'invalid-input', code: 'request-malformed' });
    subscription.unsubscribe();
  });

  it('says at once when nobody answers, in time when nobody answers in time, and that NATS is away when it is', async () => {
    await expect(ask(open(), Double, { number: 1 })).rejects.toMatchObject({ code: 'service-away' });
    const slow = await serve(open(), Double, () => new Promise(() => undefined), fail);
    await expect(ask(open(), Double, { number: 1 }, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'service-slow',
    });
    slow.unsubscribe();
    const nowhere = open('nats://127.0.0.1:1');
    await expect(ask(nowhere, Double, { number: 1 }, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'bus-away' });
  });

  it('says that the dead letters cannot be read while NATS is away', async () => {
    const bus = open();
    await bus.connection();
    await servers.nats.kill();
    await expect(listDeadLetters(bus)).rejects.toMatchObject({ kind: 'unavailable', code: 'bus-away' });
  }, 20_000);
});

const fail = (thrown: unknown): never => {
  throw new Error('nothing was to go wrong', { cause: thrown });
};
