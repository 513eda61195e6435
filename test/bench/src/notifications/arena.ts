import type { SiteChanged } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { Bus, ensureStreams } from '@lifeboat/messaging';
import { freePort, startRabbitmq, startServers, until } from '@lifeboat/testing';
import type { Rabbitmq, Servers } from '@lifeboat/testing';
import type { JsMsg } from '@nats-io/jetstream';
import { jetstream } from '@nats-io/jetstream';
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

const POLL_MS = 10;
const CHUNK = 2_000;
const NANOS_PER_MS = 1e6;
const PATIENCE_MS = 600_000;
/** What a consumer that is fast may hold when its queue has become empty. */
const UNDER_WAY = 2 * PREFETCH;
/** kombu hands a body without its type over as it is, and oslo.messaging then throws it away. */
const AS_OSLO_SENDS = { persistent: true, contentType: 'application/json', contentEncoding: 'utf-8' } as const;

export interface Steady {
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** One RabbitMQ and one nats-server on one core; who reads from them has the other. */
export class NotificationArena {
  /** Milliseconds from a notification's own time until JetStream had stored it, by its id. */
  private readonly ages = new Map<string, number>();
  private repeats = 0;
  /** Stored, and not looked into: that waits until nothing is timed, since it would take the core of broker and nats-server. */
  private unread: JsMsg[] = [];

  private constructor(
    private readonly rabbitmq: Rabbitmq,
    private readonly servers: Servers,
    private readonly broker: ChannelModel,
    private readonly bus: Bus,
    private readonly at: Surroundings,
  ) {}

  static async start(): Promise<NotificationArena> {
    const [rabbitmq, servers] = await Promise.all([startRabbitmq(), startServers({ postgres: false })]);
    for (const pid of [process.pid, rabbitmq.pid(), servers.nats.pid()]) onCore('around', pid);
    const broker = await connect(rabbitmq.url);
    const at = {
      amqpUrl: rabbitmq.url,
      natsUrl: servers.natsUrl,
      dir: mkdtempSync(join(tmpdir(), 'lifeboat-bench-')),
      healthPort: await freePort(),
    };
    const arena = new NotificationArena(rabbitmq, servers, broker, new Bus(servers.natsUrl, 'bench'), at);
    await arena.listen();
    return arena;
  }

  /** How many are stored more than once. */
  get doubles(): number {
    this.read();
    return this.repeats;
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
      let began = performance.now();
      while ((await this.ready(consumer.queue)) === count) began = await pause(POLL_MS, performance.now());
      while ((await this.ready(consumer.queue)) !== 0) await pause(POLL_MS);
      // What the others have under way then is theirs to forget; of ours, all must be there.
      if (consumer === bridge) while (!this.haveArrived(ids)) await pause(POLL_MS);
      const seconds = (performance.now() - began) / 1_000;
      if (before !== undefined) await this.refuseThrownAway(consumer, before + count - UNDER_WAY);
      return count / seconds;
    } finally {
      await stop();
      if (consumer.leaves !== undefined) await this.purge(consumer.leaves);
    }
  }

  /** From a notification's own time until JetStream had stored it, in ms, at a steady rate; the seconds in which a process warms up are left out. */
  async latencies({ perSecond, warmUpSeconds, seconds }: Steady): Promise<readonly number[]> {
    const stop = await bridge.start(this.at);
    const channel = await this.broker.createChannel();
    try {
      const ids = Array.from({ length: perSecond * (warmUpSeconds + seconds) }, (_, index) => `timed ${index}`);
      const began = performance.now();
      for (let sent = 0; sent < ids.length; await pause(1)) {
        const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
        for (; sent < Math.min(due, ids.length); sent++)
          channel.sendToQueue(bridge.queue, notification(sent, ids[sent] ?? ''), AS_OSLO_SENDS);
      }
      await until('all to arrive', async () => this.haveArrived(ids) || undefined);
      return ids.slice(perSecond * warmUpSeconds).map((id) => this.ages.get(id) ?? Number.NaN);
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

  private async listen(): Promise<void> {
    const nc = await this.bus.connection();
    await ensureStreams(nc);
    const reader = await jetstream(nc).consumers.get('NOTIFICATIONS', {
      filter_subjects: 'lifeboat.site.*.notification.site-changed.v1',
    });
    const messages = await reader.consume({ callback: (message) => void this.unread.push(message) });
    void messages.closed();
  }

  private haveArrived(ids: readonly string[]): boolean {
    this.read();
    return ids.every((id) => this.ages.has(id));
  }

  private read(): void {
    for (const message of this.unread.splice(0)) {
      const stored = message.info.timestampNanos / NANOS_PER_MS;
      for (const { messageId, occurredAt } of message.json<SiteChanged>().changes) {
        if (this.ages.has(messageId)) this.repeats++;
        else this.ages.set(messageId, stored - Date.parse(occurredAt));
      }
    }
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
