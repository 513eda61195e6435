import type { Envelope } from '@lifeboat/contracts';
import { bug, unavailable } from '@lifeboat/kernel';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { toHeaders } from './envelope-codec.ts';
import { refuseOldServer } from './server-version.ts';
import { ensureStreams } from './streams.ts';

const RECONNECT_MS = 250;
const PUBLISH_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * The connection to NATS. It is opened in the background and for ever opened again, so that a service starts and lives without the server;
 * whoever needs it waits for `connection()`.
 */
export class Bus {
  private readonly opened: Promise<NatsConnection>;
  private current: NatsConnection | undefined;
  private up = false;
  /** Why the server is not used although it is there, e.g. since it is too old. */
  private refusal: Error | undefined;
  private mending: Promise<void> | undefined;

  constructor(
    readonly url: string,
    name: string,
  ) {
    this.opened = connect({
      servers: url,
      name,
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
      reconnectJitter: RECONNECT_MS,
      ignoreAuthErrorAbort: true,
    }).then(async (nc) => {
      this.current = nc;
      try {
        refuseOldServer(nc.info?.version);
      } catch (thrown) {
        await nc.close();
        throw thrown;
      }
      this.up = true;
      void this.follow(nc);
      return nc;
    });
    // Awaited by whoever uses the bus; without a handler an early refusal would end the process without its sentence.
    this.opened.catch(() => undefined);
  }

  private async follow(nc: NatsConnection): Promise<void> {
    for await (const { type } of nc.status()) {
      if (type === 'disconnect' || type === 'close') this.up = false;
      if (type === 'reconnect') this.cameBack(nc);
    }
  }

  /** Another server may answer under the same address now. */
  private cameBack(nc: NatsConnection): void {
    try {
      refuseOldServer(nc.info?.version);
      this.refusal = undefined;
      this.up = true;
    } catch (thrown) {
      this.refusal = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
  }

  /**
   * Resolves when the server was reached for the first time; the connection then mends itself. Rejects when the server is refused, or with
   * `unavailable` `bus-away` when the signal is aborted first.
   */
  async connection(signal?: AbortSignal): Promise<NatsConnection> {
    const nc = this.current && this.up ? this.current : await soon(this.opened, signal);
    if (this.refusal) throw this.refusal;
    return nc;
  }

  /** Whether the server can be reached now, as far as is known. */
  get connected(): boolean {
    return this.up;
  }

  /** Publishes and waits for JetStream's word that it is stored. Throws `unavailable` when there is none: the caller keeps the message. */
  async publish(subject: string, envelope: Envelope): Promise<void> {
    const nc = await this.connection(AbortSignal.timeout(PUBLISH_TIMEOUT_MS));
    const body = new TextEncoder().encode(JSON.stringify(envelope.data));
    const limit = nc.info?.max_payload;
    if (limit !== undefined && body.length > limit)
      throw bug('message-too-large', `A message for ${subject} has ${body.length} bytes; this server takes ${limit}.`);
    // The id of the attempt, not of the message: JetStream drops repeats of an id for its whole duplicate window, handled or not.
    const options = {
      headers: toHeaders(envelope),
      msgID: `${envelope.id}:${envelope.attempt}`,
      timeout: PUBLISH_TIMEOUT_MS,
    };
    try {
      await jetstream(nc).publish(subject, body, options);
    } catch (cause) {
      // It may be that no stream takes it since the server has lost its store: what is missing is made, and the next try stores the message.
      if (this.up) await this.mendStreams(nc);
      throw unavailable('bus-away', `NATS did not store a message on ${subject}.`, { cause });
    }
  }

  /** Once for however many messages found no stream at the same moment. */
  private mendStreams(nc: NatsConnection): Promise<void> {
    this.mending ??= ensureStreams(nc)
      .catch(() => undefined)
      .finally(() => (this.mending = undefined));
    return this.mending;
  }

  async close(): Promise<void> {
    const nc = this.current;
    if (!nc || nc.isClosed()) return;
    // Draining waits for the server, which may be away.
    const drained = this.up ? nc.drain().catch(() => undefined) : Promise.resolve();
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref())]);
    if (!nc.isClosed()) await nc.close();
  }
}

function soon<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const refuse = (): void =>
      reject(
        unavailable('bus-away', 'NATS does not answer.', {
          mend: 'Work goes on by itself when it is back; look whether it runs, and at LIFEBOAT_NATS_URL.',
        }),
      );
    if (signal.aborted) return refuse();
    signal.addEventListener('abort', refuse, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', refuse));
  });
}
