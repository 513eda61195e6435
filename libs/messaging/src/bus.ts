import type { Envelope } from '@lifeboat/contracts';
import { bug, unavailable } from '@lifeboat/kernel';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { toHeaders } from './envelope-codec.ts';
import { Line } from './line.ts';
import { ensureStreams } from './streams.ts';

const PUBLISH_TIMEOUT_MS = 5_000;

/** The connection to NATS: opened in the background and for ever opened again, so that a service starts and lives without the server. */
export class Bus {
  private readonly line: Line;
  private mending: Promise<void> | undefined;

  constructor(
    readonly url: string,
    name: string,
  ) {
    this.line = new Line(url, name);
  }

  /**
   * Resolves as soon as the server can be reached, which may be never. Rejects when the server is refused (`nats-too-old`), when the bus was closed,
   * or, with `unavailable` `bus-away`, when the signal is aborted first.
   */
  connection(signal?: AbortSignal): Promise<NatsConnection> {
    return this.line.connection(signal);
  }

  /** Whether the server can be reached now, as far as is known. */
  get connected(): boolean {
    return this.line.up;
  }

  /** Calls once when the server goes away. Answers how to call it off. */
  onceAway(call: () => void): () => void {
    return this.line.onceAway(call);
  }

  /** Publishes and waits for JetStream's word that it is stored. Throws `unavailable` when there is none: the caller keeps the message. */
  async publish(subject: string, envelope: Envelope): Promise<void> {
    // Each signal would end in an exception of its own, heard or not.
    const nc = await this.connection(this.connected ? undefined : AbortSignal.timeout(PUBLISH_TIMEOUT_MS));
    const body = new TextEncoder().encode(JSON.stringify(envelope.data));
    const limit = nc.info?.max_payload;
    if (limit !== undefined && body.length > limit)
      throw bug('message-too-large', `A message for ${subject} has ${body.length} bytes; this server takes ${limit}.`);
    try {
      await this.unlessAway(
        jetstream(nc).publish(subject, body, {
          headers: toHeaders(envelope),
          // The id of the attempt, not of the message: JetStream drops repeats of an id for its whole duplicate window, handled or not.
          msgID: `${envelope.id}:${envelope.attempt}`,
          timeout: PUBLISH_TIMEOUT_MS,
        }),
      );
    } catch (cause) {
      // It may be that no stream takes it since the server has lost its store: what is missing is made, and the next try stores the message.
      if (this.connected) await this.mendStreams(nc);
      throw notStored(subject, cause);
    }
  }

  /** Rejects as soon as the server goes away: what it was asked is not answered any more, so there is no use in waiting for the time-out. */
  unlessAway<T>(asked: Promise<T>): Promise<T> {
    const away = Promise.withResolvers<never>();
    const callOff = this.onceAway(() => away.reject(new Error('the connection broke before the answer came')));
    return Promise.race([asked, away.promise]).finally(callOff);
  }

  /** Once for however many messages found no stream at the same moment. */
  private mendStreams(nc: NatsConnection): Promise<void> {
    this.mending ??= ensureStreams(nc)
      .catch(() => undefined)
      .finally(() => (this.mending = undefined));
    return this.mending;
  }

  close(): Promise<void> {
    return this.line.close();
  }
}

const notStored = (subject: string, cause: unknown) =>
  unavailable('bus-away', `NATS did not store a message on ${subject}.`, { cause });
