import { SiteChanged, SiteHeard } from '@lifeboat/contracts';
import type { Change } from '@lifeboat/contracts';
import { consume, listDeadLetters, subscriptions } from '@lifeboat/messaging';
import { hasRabbitmq, until } from '@lifeboat/testing';
import type { Posting } from '@lifeboat/testing';
import { connect } from 'amqplib';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { BridgeBench, SITE, TELEMETRY } from './simulated/bridge-bench.ts';

const TOTAL = 20_000;
const CHUNK = 250;
const POISON_EVERY = 200;

interface Sample {
  readonly exchange: string;
  readonly routingKey: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const samples = JSON.parse(
  readFileSync(new URL('./reading/fixtures/notifications.json', import.meta.url), 'utf8'),
) as readonly Sample[];

const envelope = (message: unknown): string =>
  JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) });

function posting(index: number): Posting {
  const sample = samples[index % samples.length];
  if (!sample) throw new Error('there are no samples');
  const body = Buffer.from(envelope({ ...sample.message, message_id: `message-${index}` }));
  return { exchange: sample.exchange, routingKey: sample.routingKey, body };
}

const poison = (index: number): Posting => ({
  exchange: 'nova',
  routingKey: 'notifications.error',
  body: Buffer.from(`{"poison": ${index}, "password": "hunter2"`),
});

/** The message ids of all copies that wait in a queue of somebody else's. */
async function idsIn(url: string, queue: string): Promise<readonly string[]> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const { messageCount } = await channel.checkQueue(queue);
  const ids: string[] = [];
  await new Promise<void>((resolve) => {
    void channel.consume(queue, (message) => {
      const outer = JSON.parse(message?.content.toString() ?? '') as { readonly 'oslo.message': string };
      ids.push((JSON.parse(outer['oslo.message']) as { readonly message_id: string }).message_id);
      if (ids.length === messageCount) resolve();
    });
  });
  await connection.close();
  return ids;
}

const name = 'a bridge between a RabbitMQ and the hub';
const here = hasRabbitmq();

(here ? describe : describe.skip)(
  here ? name : `NOT TESTED, since RabbitMQ is not installed (apt-get install rabbitmq-server): ${name}`,
  () => {
    let bench: BridgeBench;
    const heard = new Map<string, Change>();
    const signs: (SiteHeard & { readonly heardBefore: number })[] = [];
    let messages = 0;
    const ending = new AbortController();

    beforeAll(async () => {
      bench = await BridgeBench.start();
      void consume(
        bench.bus,
        subscriptions.siteChanges('spec'),
        async ({ type, data }) => {
          if (type.endsWith('site-heard.v1'))
            return void signs.push({ ...SiteHeard.parse(data), heardBefore: heard.size });
          messages++;
          for (const change of SiteChanged.parse(data).changes) heard.set(change.messageId, change);
        },
        { concurrency: 1, signal: ending.signal, onProblem: () => undefined },
      );
      await until('the bridge to listen', async () => ((await bench.log()).includes('"listening"') ? true : undefined));
    }, 90_000);

    afterAll(async () => {
      ending.abort();
      await bench.stop();
    }, 30_000);

    it('loses no notification while everything is killed, takes none from telemetry, and keeps poison with its reason', async () => {
      const kills: readonly (() => Promise<unknown>)[] = [
        async () => bench.bridge.kill(),
        () => bench.servers.nats.kill().then(() => bench.servers.nats.start()),
        () => bench.rabbitmq.kill().then(() => bench.rabbitmq.start()),
        // What the bridge holds while it can store nothing is lost with it, unless RabbitMQ has it still.
        async () => {
          await bench.servers.nats.kill();
          await pause(400);
          bench.bridge.kill();
          await bench.servers.nats.start();
        },
      ];
      const killing: Promise<unknown>[] = [];
      for (let from = 0; from < TOTAL; from += CHUNK) {
        const chunk = Array.from({ length: CHUNK }, (_, i) => posting(from + i));
        const sent = bench.publisher.publish(from % POISON_EVERY === 0 ? [poison(from), ...chunk] : chunk);
        const turn = from / CHUNK;
        if (turn % 8 === 4) killing.push(pause(turn % 7).then(kills[((turn - 4) / 8) % kills.length]));
        await sent;
        await pause(100);
      }
      await Promise.all(killing);
      await until(`all ${TOTAL} to arrive`, async () => (heard.size >= TOTAL ? true : undefined), {
        timeoutMs: 120_000,
      }).catch(() => undefined);
      expect(missing([...heard.keys()])).toEqual([]);
      expect(killing.length).toBeGreaterThanOrEqual(9);
      expect(bench.bridge.starts).toBeGreaterThanOrEqual(4);
      expect(messages).toBeLessThan(TOTAL / 5);

      const informed = await idsIn(bench.rabbitmq.url, TELEMETRY);
      expect(missing(informed, ({ routingKey }) => routingKey === TELEMETRY)).toEqual([]);

      const wanted = Math.ceil(TOTAL / (CHUNK * 4));
      const letters = await until('the dead letters', async () => {
        const all = await listDeadLetters(bench.bus);
        return new Set(all.map(({ id }) => id)).size >= wanted ? all : undefined;
      });
      expect(new Set(letters.map(({ id }) => id)).size).toBe(wanted);
      expect(new Set(letters.map(({ reason }) => reason))).toEqual(
        new Set(['notification-unreadable: It is no JSON. It came by nova notifications.error.']),
      );
    }, 360_000);

    it('says that it hears a silent site, and only after all that was said before', async () => {
      const start = new Date();
      // The killing before it broke what it hears, and only the next look at an empty queue begins anew.
      await until('it to hear the site again', async () => signs.find(({ at }) => new Date(at) > start));
      const before = heard.size;
      const began = new Date();
      await bench.publisher.publish([posting(TOTAL)]);
      const published = new Date();
      const sign = await until('a sign of life', async () => signs.find(({ at }) => new Date(at) > published));
      expect(sign.heardBefore).toBeGreaterThan(before);
      expect(new Date(sign.unbrokenSince) < began).toBe(true);
    }, 30_000);

    it('says nothing while it does not hear the site, and afterwards since when it hears it again', async () => {
      await bench.rabbitmq.kill();
      const killed = new Date();
      await pause(5_000);
      expect(signs.filter(({ at }) => new Date(at) > killed)).toEqual([]);
      await bench.rabbitmq.start();
      const sign = await until('a sign of life', async () => signs.find(({ at }) => new Date(at) > killed));
      expect(new Date(sign.unbrokenSince) > killed).toBe(true);
    }, 60_000);

    it('takes notifications by HTTP, and answers when they are stored', async () => {
      const [one, two] = ['by-http-1', 'by-http-2'].map((id) => ({ ...samples[0]?.message, message_id: id }));
      const answer = await bench.post(`[${JSON.stringify(one)}, ${envelope(two)}]`);
      expect([answer.status, await answer.json()]).toEqual([202, { accepted: 2 }]);
      expect((await bench.post(envelope(two))).status).toBe(202);
      await until('both', async () => (heard.has('by-http-1') && heard.has('by-http-2') ? true : undefined));
    }, 30_000);

    it.each([
      ['without the token', '{}', 'guessed', 401, 'token-wrong'],
      ['with what is no JSON', '{"password": hunter2', undefined, 400, 'notification-unreadable'],
      ['with a notification among others that is none', `[{}]`, undefined, 400, 'notification-unreadable'],
      ['with an empty list', '[]', undefined, 400, 'notification-unreadable'],
      ['with too much', `"${'x'.repeat(2 ** 20)}"`, undefined, 413, 'notifications-too-large'],
      ['with too many', JSON.stringify(Array.from({ length: 501 })), undefined, 413, 'notifications-too-large'],
    ])('refuses a request %s', async (_what, body, token, status, code) => {
      const answer = await bench.post(body, token);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const problem = await answer.text();
      expect(JSON.parse(problem)).toMatchObject({ code, status, detail: expect.stringMatching(/\.$/) as string });
      expect(problem).not.toContain('hunter2');
    });

    it('does not say that a notification is taken when NATS is away, and stores it once it is back', async () => {
      await bench.servers.nats.kill();
      const answer = await bench.post(JSON.stringify({ ...samples[0]?.message, message_id: 'in-the-dark' }));
      expect([answer.status, ((await answer.json()) as { readonly code: string }).code]).toEqual([503, 'not-stored']);
      await bench.servers.nats.start();
      await until('it', async () => (heard.has('in-the-dark') ? true : undefined));
    }, 60_000);

    it('never logs a password, a token or a notification', async () => {
      const log = await bench.log();
      expect(log).toContain('connected to RabbitMQ');
      expect(log).not.toContain(new URL(bench.rabbitmq.url).password);
      expect(log).not.toMatch(/an-intake-token|hunter2/);
    });

    it('exports what it does', async () => {
      const metrics = await bench.bridge.metrics();
      expect(metrics).toContain(
        `lifeboat_broker_connected{site="${SITE}",broker="${new URL(bench.rabbitmq.url).host}"} 1`,
      );
      expect(metrics).toContain(`lifeboat_notifications_waiting{site="${SITE}"} 0`);
      expect(metrics).toMatch(/lifeboat_notifications_per_message_count\{site="alpha"\} [1-9]/);
    });
  },
);

/** Which of those that were sent (and meant for it) are not among the ids. */
function missing(ids: readonly string[], meant: (one: Sample) => boolean = () => true): readonly string[] {
  const there = new Set(ids);
  return Array.from({ length: TOTAL }, (_, index) => index)
    .filter((index) => samples.some((one, at) => at === index % samples.length && meant(one)))
    .map((index) => `message-${index}`)
    .filter((id) => !there.has(id));
}
