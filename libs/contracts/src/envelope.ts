/**
 * A message as it travels: CloudEvents 1.0 in binary mode (attributes in NATS headers `ce-*`, data as JSON body), with W3C trace context.
 * `Nats-Msg-Id` is `<id>:<attempt>`: JetStream drops repeats of an id for its whole duplicate window, so a message sent again needs another.
 */
export interface Envelope<T = unknown> {
  /** Same for every attempt. */
  readonly id: string;
  /** Subject of the definition: `lifeboat.cmd.data.replicate-disks.v1`. */
  readonly type: string;
  /** `lifeboat/<service>`. */
  readonly source: string;
  /** ISO 8601, when it was decided (not when it was sent again). */
  readonly time: string;
  /** 1, 2, … */
  readonly attempt: number;
  /** Saga (run or point) this belongs to. */
  readonly correlationId?: string;
  /** Id of the message that this one answers or follows from. */
  readonly causationId?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly data: T;
}
