import { illegalState } from '@lifeboat/kernel';
import { Bus } from '@lifeboat/messaging';
import { freePort, startRabbitmq, startServers, until } from '@lifeboat/testing';
import type { Rabbitmq, Servers } from '@lifeboat/testing';
import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bridge, PREFETCH } from './consumers.ts';
import type { Consumer, Surroundings } from './consumers.ts';
import { onCore } from './cores.ts';
import { notification } from './samples.ts';
import { StoredChanges } from './stored.ts';

const POLL_MS = 10;
const SETTLED_MS = 1_000;
const CHUNK = 2_000;
const PATIENCE_MS = 600_000;
/** What a consumer that is fast may hold when its queue has become empty. */
const UNDER_WAY = 2 * PREFETCH;
/** kombu hands a body without its type over as it is, and oslo.messaging then throws it away. */
const AS_OSLO_SENDS = { persistent: true, contentType: 'application/json', contentEncoding: 'utf-8' } as const;

export interface Steady {
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly round: number;
}

/** One RabbitMQ and one nats-server on one core; who reads from them has the other. */
export class NotificationArena {
  private constructor(
    private readonly rabbitmq: Rabbitmq,
    private readonly servers: Servers,
    private readonly broker: ChannelModel,
    private readonly bus: Bus,
    private readonly stored: StoredChanges,
    private readonly at: Surroundings,
  ) {}

  static async start(): Promise<NotificationArena> {
    // Before they start: both make as many threads as there are cores for them.
    onCore('around', process.pid);
    const [rabbitmq, servers] = await Promise.all([startRabbitmq(), startServers({ postgres: false })]);
    const broker = await connect(rabbitmq.url);
    const at = {
      amqpUrl: rabbitmq.url,
      natsUrl: servers.natsUrl,
      dir: mkdtempSync(join(tmpdir(), 'lifeboat-bench-')),
      healthPort: await freePort(),
    };
    const bus = new Bus(servers.natsUrl, 'bench');
    const stored = new StoredChanges(bus);
    await stored.begin();
    return new NotificationArena(rabbitmq, servers, broker, bus, stored, at);
  }

  /** How many are stored more than once. */
  async doubles(): Promise<number> {
    await this.stored.have([]);
    return this.stored.doubles;
  }

  /** Has the consumer make its queue, as it does where it is new. */
  async layOut(consumer: Consumer): Promise<void> {
    const channel = await this.broker.createChannel();
    await channel.assertExchange('nova', 'topic', { durable: true });
    await channel.close();
    const stop = await consumer.start(this.at);
    await until(`${consumer.name} to make its queue`, () => this.ready(consumer.queue), { timeoutMs: PATIENCE_MS });
    await stop();
  }

  /** Fills the queue while nobody reads it, has it emptied, and answers how many a second that was. */
  async drain(consumer: Consumer, count: number, round: number): Promise<number> {
    const ids = Array.from({ length: count }, (_, index) => `${consumer.name} ${round} ${index}`);
    await this.fill(consumer.queue, ids);
    const before = await this.handledBy(consumer);
    const stop = await consumer.start(this.at);
    try {
      let began = Date.now();
      while ((await this.ready(consumer.queue)) === count) began = await pause(POLL_MS, Date.now());
      while ((await this.ready(consumer.queue)) !== 0) await pause(POLL_MS);
      // What the others have under way then is theirs to forget; of ours, all must be there.
      const ended = consumer === bridge ? await this.lastStored(ids) : Date.now();
      const seconds = (ended - began) / 1_000;
      if (before !== undefined) await this.refuseThrownAway(consumer, before + count - UNDER_WAY);
      return count / seconds;
    } finally {
      await stop();
      if (consumer.leaves !== undefined) await this.purge(consumer.leaves);
    }
  }

  /** From a notification's own time until JetStream had stored it, in ms, at a steady rate; the seconds in which a process warms up are left out. */
  async latencies({ perSecond, warmUpSeconds, seconds, round }: Steady): Promise<readonly number[]> {
    const stop = await bridge.start(this.at);
    const channel = await this.broker.createChannel();
    try {
      const ids = Array.from(
        { length: perSecond * (warmUpSeconds + seconds) },
        (_, index) => `timed ${round} ${index}`,
      );
      const began = performance.now();
      for (let sent = 0; sent < ids.length; await pause(1)) {
        const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
        for (; sent < Math.min(due, ids.length); sent++)
          channel.sendToQueue(bridge.queue, notification(sent, ids[sent] ?? ''), AS_OSLO_SENDS);
      }
      await this.lastStored(ids);
      return ids.slice(perSecond * warmUpSeconds).map((id) => this.stored.get(id)?.age ?? Number.NaN);
    } finally {
      await channel.close();
      await stop();
    }
  }

  async stop(): Promise<void> {
    await this.bus.close();
    await this.broker.close();
    await Promise.all([this.rabbitmq.stop(), this.servers.stop()]);
    rmSync(this.at.dir, { recursive: true, force: true });
  }

  /** When the last of them was stored, in milliseconds since 1970. */
  private async lastStored(ids: readonly string[]): Promise<number> {
    // What is under way is stored by then, and nobody read beside it.
    await pause(SETTLED_MS);
    const all = async () => (await this.stored.have(ids)) || undefined;
    await until('all to be stored', all, { timeoutMs: PATIENCE_MS });
    return ids.reduce((last, id) => Math.max(last, this.stored.get(id)?.at ?? 0), 0);
  }

  /** What one consumer left at the broker must not slow the next. */
  private async purge(queue: string): Promise<void> {
    if ((await this.ready(queue)) === undefined) return;
    const channel = await this.broker.createChannel();
    await channel.purgeQueue(queue);
    await channel.close();
  }

  private async handledBy(consumer: Consumer): Promise<number | undefined> {
    return consumer.handled?.(this.at, (queue) => this.ready(queue));
  }

  private async refuseThrownAway(consumer: Consumer, least: number): Promise<void> {
    const handled = (await this.handledBy(consumer)) ?? 0;
    if (handled < least)
      throw illegalState('peer-threw-away', `${consumer.name} has handled ${handled} of at least ${least}.`);
  }

  /** How many wait in a queue; undefined where there is none. On a channel of its own: the broker closes one that asked for what is not there. */
  private async ready(queue: string): Promise<number | undefined> {
    const channel = await this.broker.createChannel();
    channel.on('error', () => undefined);
    try {
      const { messageCount } = await channel.checkQueue(queue);
      await channel.close();
      return messageCount;
    } catch {
      return undefined;
    }
  }

  private async fill(queue: string, ids: readonly string[]): Promise<void> {
    const channel = await this.broker.createConfirmChannel();
    for (let from = 0; from < ids.length; from += CHUNK) {
      for (const [index, id] of ids.slice(from, from + CHUNK).entries())
        channel.sendToQueue(queue, notification(from + index, id), AS_OSLO_SENDS);
      await channel.waitForConfirms();
    }
    await channel.close();
  }
}
