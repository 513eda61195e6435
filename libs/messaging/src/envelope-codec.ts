import type { Envelope } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { headers } from '@nats-io/nats-core';
import type { MsgHdrs } from '@nats-io/nats-core';

/** CloudEvents attributes and trace context as NATS headers (CloudEvents 1.0, binary mode). */
export function toHeaders(envelope: Envelope): MsgHdrs {
  const h = headers();
  const set = (key: string, value: string | undefined): void => {
    if (value !== undefined) h.set(key, value);
  };
  set('ce-specversion', '1.0');
  set('ce-id', envelope.id);
  set('ce-type', envelope.type);
  set('ce-source', envelope.source);
  set('ce-time', envelope.time);
  set('ce-correlationid', envelope.correlationId);
  set('ce-causationid', envelope.causationId);
  set('ce-attempt', String(envelope.attempt));
  set('traceparent', envelope.traceparent);
  set('tracestate', envelope.tracestate);
  set('Content-Type', 'application/json');
  return h;
}

/** Throws `invalid-input` `message-unreadable` for what is no message of ours. */
export function toEnvelope(subject: string, h: MsgHdrs | undefined, body: Uint8Array): Envelope {
  const get = (key: string): string | undefined => h?.get(key) || undefined;
  const required = (key: string): string => {
    const value = get(key);
    if (value === undefined)
      throw invalidInput('message-unreadable', `A message on ${subject} lacks the header ${key}.`);
    return value;
  };
  const optional = (
    key: 'correlationId' | 'causationId' | 'traceparent' | 'tracestate',
    header: string,
  ): Partial<Envelope> => {
    const value = get(header);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    id: required('ce-id'),
    type: required('ce-type'),
    source: required('ce-source'),
    time: required('ce-time'),
    attempt: Number(get('ce-attempt') ?? 1),
    ...optional('correlationId', 'ce-correlationid'),
    ...optional('causationId', 'ce-causationid'),
    ...optional('traceparent', 'traceparent'),
    ...optional('tracestate', 'tracestate'),
    data: parseBody(subject, body),
  };
}

function parseBody(subject: string, body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw invalidInput('message-unreadable', `A message on ${subject} is no JSON.`, { cause });
  }
}
