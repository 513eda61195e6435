import type { Change } from '@lifeboat/contracts';
import { ownerOf, requestOf } from './who-asked.ts';
import { unpack } from './unpack.ts';
import type { Message } from './unpack.ts';

type Ref = Change['refs'][number];

/** What reading a notification ends in; a reason is a sentence of ours and holds nothing of what was read. */
export type Reading = Read | { readonly poison: string };

/** A change, and how many bytes it takes up in a message. */
export interface Read {
  readonly change: Change;
  readonly bytes: number;
}

/** Which entities an event names: `refsIn` over the registry of entity types. */
export type NameEntities = (eventType: string, payload: unknown) => readonly Ref[];

const LONGEST_TEXT = 255;
/** Of a change as JSON: several must fit into one message. Thousands of entities do; a bulk request names as many as it made. */
const LARGEST_BYTES = 200_000;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)?$/;

/**
 * One notification of oslo.messaging as bytes, envelope 1.0 or 2.0, read for what may leave the site: which entities it names, never their
 * fields. Pure, and never throws: what comes over a broker is whatever somebody sent.
 */
export function readNotification(body: Uint8Array, nameEntities: NameEntities): Reading {
  const message = unpack(body);
  return typeof message === 'string' ? { poison: message } : readMessage(message, nameEntities);
}

/** The same for one that has been parsed already, envelope and all. */
export function readMessage(message: Message, nameEntities: NameEntities): Reading {
  const { payload, timestamp } = message;
  const messageId = shortText(message['message_id']);
  if (messageId === undefined) return { poison: 'It has no message_id, or one that is longer than 255 characters.' };
  const eventType = shortText(message['event_type']);
  if (eventType === undefined) return { poison: 'It has no event_type, or one that is longer than 255 characters.' };
  const occurredAt = isoOf(timestamp);
  if (occurredAt === undefined) return { poison: 'It has no timestamp, or one that is no time.' };
  const refs = nameEntities(eventType, payload);
  if (refs.some(({ id }) => id.length > LONGEST_TEXT))
    return { poison: 'It names an entity by an id that is longer than 255 characters.' };
  const projectId = shortText(ownerOf(message));
  const requestId = shortText(requestOf(message));
  const change = {
    messageId,
    eventType,
    publisher: shortText(message['publisher_id']) ?? '',
    occurredAt,
    ...(projectId !== undefined && { projectId }),
    ...(requestId !== undefined && { requestId }),
    refs: refs.map(({ kind, id }) => ({ kind, id })),
  };
  const bytes = Buffer.byteLength(JSON.stringify(change));
  if (bytes > LARGEST_BYTES) return { poison: `It names more than fits: ${refs.length} entities.` };
  return { change, bytes };
}

const shortText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT ? value : undefined;

/** oslo writes UTC without saying so: `2026-11-22 21:50:52.375091`. */
function isoOf(timestamp: unknown): string | undefined {
  const [, day, time, zone = 'Z'] = (typeof timestamp === 'string' && TIMESTAMP.exec(timestamp)) || [];
  const iso = `${day}T${time}${zone}`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}
