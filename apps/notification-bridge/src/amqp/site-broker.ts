import { setGauge } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { connect } from 'amqplib';
import type { Channel, ChannelModel, ConsumeMessage, RecoveringChannelModel } from 'amqplib';
import type { Origin } from '../sending/poison-box.ts';
import { Acks } from './acks.ts';
import { bindOwnQueue, declareOwnQueue, NEARLY_FULL } from './own-queue.ts';

/** Deliveries under way: several messages to the hub full, and a few MB of memory. */
const PREFETCH = 2_000;
/** A broker that is silently gone is given up after two of these. */
const HEARTBEAT_SECONDS = 10;
const CONNECT_MS = 10_000;
const LONGEST_DELAY_MS = 5_000;

export interface BrokerOptions {
  readonly url: string;
  readonly site: string;
  readonly queue: string;
  readonly exchanges: readonly string[];
  /** Resolves when the message may be acked. */
  readonly take: (body: Uint8Array, origin: Origin) => Promise<void>;
  readonly log: Logger;
}

/** Reads one virtual host of a site's RabbitMQ through a queue of its own, for as long as it takes to reach it and whenever it breaks, until closed. */
export class SiteBroker {
  private connection: RecoveringChannelModel | undefined;
  private connected = false;
  private bound: readonly string[] = [];
  private silent = false;
  private channel: Channel | undefined;
  /** Our queue has been there, bound and not overrun, since then; unknown while it is not read, or too long. */
  private unbrokenSince: Date | undefined;

  constructor(private readonly options: BrokerOptions) {}

  /** Host and virtual host; for people. */
  private get name(): string {
    const { host, pathname } = new URL(this.options.url);
    return `${host}${pathname === '/' ? '' : pathname}`;
  }

  /** Begins; the broker may be away. */
  async open(): Promise<void> {
    const url = new URL(this.options.url);
    if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
    this.report(false);
    this.connection = await connect(url.href, {
      timeout: CONNECT_MS,
      clientProperties: { connection_name: `lifeboat-notification-bridge ${this.options.site}` },
      recovery: {
        maxDelay: LONGEST_DELAY_MS,
        waitForConnect: false,
        setup: (model: ChannelModel) => this.listen(model),
      },
    });
    this.connection
      .on('connect', () => this.report(true))
      .on('disconnect', (thrown) => this.lost(thrown))
      .on('connect-failed', (thrown) => this.lost(thrown))
      .on('error', () => undefined); // 'disconnect' follows
  }

  /** Since when nothing can have been missed, if nothing waits in the queue now. */
  async emptySince(): Promise<Date | undefined> {
    const channel = this.channel;
    if (!channel || !this.connected) return undefined;
    const { messageCount } = await channel.checkQueue(this.options.queue);
    if (messageCount >= NEARLY_FULL) this.unbrokenSince = undefined;
    if (messageCount > 0) return undefined;
    return (this.unbrokenSince ??= new Date());
  }

  /** Unacked deliveries go back to the queue. */
  async close(): Promise<void> {
    await this.connection?.close();
  }

  /** Exchanges appear when their service starts for the first time, and those that are not durable with each start. */
  async bindAgain(): Promise<void> {
    if (this.connection && this.connected) await this.bindTo(this.connection);
  }

  /** After each connect. What throws here has the connection closed and tried again. */
  private async listen(model: ChannelModel): Promise<void> {
    model.on('error', () => undefined); // until the setup is through nobody else hears it, and unheard it would end the process
    const channel = await model.createChannel();
    const acks = new Acks(channel);
    channel.on('error', (thrown) => this.options.log.warn({ err: thrown, broker: this.name }, 'the channel broke'));
    // Our channel alone does not come back: its connection must go. (RabbitMQ closes one whose deliveries wait for their ack for half an hour.)
    const again = (): void => {
      acks.close();
      if (this.channel === channel) this.channel = this.unbrokenSince = undefined;
      model.close().catch(() => undefined);
    };
    channel.on('close', again);
    await channel.prefetch(PREFETCH);
    await declareOwnQueue(channel, this.options.queue);
    await this.bindTo(model);
    await channel.consume(this.options.queue, (message) => {
      if (message) void this.deliver(acks, message);
      else again(); // the queue was deleted: it is made again
    });
    this.channel = channel;
  }

  private async deliver(acks: Acks, message: ConsumeMessage): Promise<void> {
    const done = acks.expect(message);
    try {
      const { exchange, routingKey } = message.fields;
      await this.options.take(message.content, { exchange, routingKey });
      done();
    } catch (thrown) {
      acks.leave(message);
      this.options.log.error({ err: thrown, broker: this.name }, 'a notification is left unacked');
    }
  }

  private async bindTo(model: Pick<ChannelModel, 'createChannel'>): Promise<void> {
    const bound = await bindOwnQueue(model, this.options.queue, this.options.exchanges);
    if (bound.join() !== this.bound.join()) this.options.log.info({ broker: this.name, exchanges: bound }, 'listening');
    this.bound = bound;
  }

  /** Said when it begins: it is tried every few seconds. */
  private lost(thrown: Error): void {
    if (!this.silent) this.options.log.warn({ reason: thrown.message, broker: this.name }, 'no connection to RabbitMQ');
    this.report(false);
    this.silent = true;
  }

  private report(connected: boolean): void {
    this.connected = connected;
    if (connected) {
      this.silent = false;
      this.options.log.info({ broker: this.name }, 'connected to RabbitMQ');
    }
    setGauge('lifeboat_broker_connected', connected ? 1 : 0, { site: this.options.site, broker: this.name });
  }
}
