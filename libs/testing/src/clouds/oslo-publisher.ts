import { connect } from 'amqplib';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { setTimeout as pause } from 'node:timers/promises';

export interface Posting {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
}

/** Publishes as oslo.messaging's notifier with `retry = -1` does: persistent, confirmed, again until the broker has it. */
export class OsloPublisher {
  private open: { readonly connection: ChannelModel; readonly channel: ConfirmChannel } | undefined;

  constructor(private readonly url: string) {}

  async publish(postings: readonly Posting[]): Promise<void> {
    for (;;)
      try {
        const { channel } = await this.line();
        for (const { exchange, routingKey, body } of postings)
          channel.publish(exchange, routingKey, body, { persistent: true, contentType: 'application/json' });
        return await channel.waitForConfirms();
      } catch {
        this.open = undefined;
        await pause(100);
      }
  }

  async close(): Promise<void> {
    await this.open?.connection.close().catch(() => undefined);
  }

  private async line(): Promise<{ readonly channel: ConfirmChannel }> {
    if (this.open) return this.open;
    const connection = await connect(this.url);
    connection.on('error', () => undefined).on('close', () => (this.open = undefined));
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    this.open = { connection, channel };
    return this.open;
  }
}
