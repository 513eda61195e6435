import type { SiteChanged } from '@lifeboat/contracts';
import { ensureStreams } from '@lifeboat/messaging';
import type { Bus } from '@lifeboat/messaging';
import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { JsMsg } from '@nats-io/jetstream';

const STREAM = 'NOTIFICATIONS';
const CHANGED = /^lifeboat\.site\.[^.]+\.notification\.site-changed\.v1$/;
const NANOS_PER_MS = 1e6;
const AT_ONCE = 500;

interface Stored {
  /** Milliseconds since 1970, by JetStream's own clock, which is this machine's. */
  readonly at: number;
  /** From the notification's own time until then. */
  readonly age: number;
}

/**
 * What JetStream has stored, and when, as it says itself. Read once all of it is there and nothing is timed any more: who listened meanwhile would take the
 * core of the broker and of nats-server.
 */
export class StoredChanges {
  private readonly byId = new Map<string, Stored>();
  private repeats = 0;
  private next = 1;

  constructor(private readonly bus: Bus) {}

  async begin(): Promise<void> {
    await ensureStreams(await this.bus.connection());
  }

  get(id: string): Stored | undefined {
    return this.byId.get(id);
  }

  /** How many are stored more than once, of all that was read. */
  get doubles(): number {
    return this.repeats;
  }

  /** Reads on, to what is the newest now. Answers whether all of these are there. */
  async have(ids: readonly string[]): Promise<boolean> {
    const nc = await this.bus.connection();
    const { state } = await (await jetstreamManager(nc)).streams.info(STREAM);
    while (this.next <= state.last_seq) {
      const from = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.next };
      const reader = await jetstream(nc).consumers.get(STREAM, from);
      const count = Math.min(AT_ONCE, state.last_seq - this.next + 1);
      for await (const message of await reader.fetch({ max_messages: count })) this.read(message);
      await reader.delete();
    }
    return ids.every((id) => this.byId.has(id));
  }

  private read(message: JsMsg): void {
    this.next = message.seq + 1;
    if (!CHANGED.test(message.subject)) return;
    const at = message.info.timestampNanos / NANOS_PER_MS;
    for (const { messageId, occurredAt } of message.json<SiteChanged>().changes) {
      if (this.byId.has(messageId)) this.repeats++;
      else this.byId.set(messageId, { at, age: at - Date.parse(occurredAt) });
    }
  }
}
