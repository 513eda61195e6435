import type { Channel, ConsumeMessage } from 'amqplib';

interface Delivery {
  readonly message: ConsumeMessage;
  taken: boolean;
}

/**
 * Acks the deliveries of one channel, many with one frame: RabbitMQ takes "all up to this one". What is done out of turn waits for what came before it. In
 * memory alone: what was not acked when the line breaks is delivered again.
 */
export class Acks {
  private unacked: Delivery[] = [];
  private due = false;
  /** "All up to" would take one with it that must not be acked. */
  private oneByOne = false;
  private closed = false;

  constructor(private readonly channel: Pick<Channel, 'ack'>) {}

  /** To be called in the order of delivery. Answers what to call, once, when it may be acked. */
  expect(message: ConsumeMessage): () => void {
    const delivery = { message, taken: false };
    this.unacked.push(delivery);
    return () => {
      delivery.taken = true;
      if (this.due) return;
      this.due = true;
      // What one message to the hub held is done in one go.
      setImmediate(() => this.flush());
    };
  }

  /** Those after it are acked without it. */
  leave(message: ConsumeMessage): void {
    this.oneByOne = true;
    this.unacked = this.unacked.filter((delivery) => delivery.message !== message);
  }

  /** The channel is gone: what was not acked is delivered again on the next one, and found to be a repeat. */
  close(): void {
    this.closed = true;
  }

  private flush(): void {
    this.due = false;
    if (this.closed) return;
    if (this.oneByOne) {
      for (const { message, taken } of this.unacked) if (taken) this.channel.ack(message);
      this.unacked = this.unacked.filter(({ taken }) => !taken);
      return;
    }
    const open = this.unacked.findIndex(({ taken }) => !taken);
    const count = open === -1 ? this.unacked.length : open;
    const last = this.unacked[count - 1];
    if (last) this.channel.ack(last.message, true);
    this.unacked = this.unacked.slice(count);
  }
}
