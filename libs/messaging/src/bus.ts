import type { Envelope } from '@lifeboat/contracts';
import { unavailable } from '@lifeboat/kernel';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { toHeaders } from './envelope-codec.ts';
import { refuseOldServer } from './server-version.ts';
import { ensureStreams } from './streams.ts';

const RECONNECT_MS = 250;
const PUBLISH_TIMEOUT_MS = 5_000;

/**
 * The connection to NATS. It is opened in the background and for ever opened again, so that a service starts and lives without the server;
 * whoever needs it waits for `connection()`.
 */
export class Bus {
  private readonly opened: Promise<NatsConnection>;
  private current: NatsConnection | undefined;

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
      ignoreAuthErrorAbort: true,
    }).then(async (nc) => {
      refuseOldServer(nc.info?.version);
      this.current = nc;
      return nc;
    });
    // Awaited by whoever uses the bus; without a handler an early refusal would end the process without its sentence.
    this.opened.catch(() => undefined);
  }

  connection(): Promise<NatsConnection> {
    return this.opened;
  }

  get connected(): boolean {
    return this.current !== undefined && !this.current.isClosed();
  }

  /** Publishes and waits for JetStream's word that it is stored. Throws `unavailable` when there is none: the caller keeps the message. */
  async publish(subject: string, envelope: Envelope): Promise<void> {
    const nc = await this.connection();
    const body = new TextEncoder().encode(JSON.stringify(envelope.data));
    // The id of the attempt, not of the message: JetStream drops repeats of an id for its whole duplicate window, handled or not.
    const options = {
      headers: toHeaders(envelope),
      msgID: `${envelope.id}:${envelope.attempt}`,
      timeout: PUBLISH_TIMEOUT_MS,
    };
    try {
      await jetstream(nc).publish(subject, body, options);
    } catch (cause) {
      // No stream takes it: the server has lost its store. What is missing is made, and the message is sent by the next try.
      await ensureStreams(nc).catch(() => undefined);
      throw unavailable('bus-away', `NATS did not store a message on ${subject}.`, { cause });
    }
  }

  async close(): Promise<void> {
    const nc = this.current;
    if (nc && !nc.isClosed()) await nc.drain().catch(() => nc.close());
  }
}
