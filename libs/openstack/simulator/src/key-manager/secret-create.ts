import type { Call } from '../http/call.ts';
import { numberOf, textOf, type JsonObject } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { uuid } from '../state/identifiers.ts';
import type { Secret } from './key-manager-state.ts';

const TYPES = ['symmetric', 'passphrase', 'private', 'public', 'certificate', 'opaque'];
const CONTENT = ['text/plain', 'application/octet-stream', 'application/pkcs8'];

const invalid = (property: string, reason: string): Error =>
  badRequest(`Provided object does not match schema 'Secret': ${reason}. Invalid property: '${property}'`);

export const plainType = (type: string): string => type.split(';')[0]?.trim().toLowerCase() ?? '';

export function checkedType(type: string | undefined): string {
  if (type === undefined)
    throw invalid('payload_content_type', "If 'payload' is supplied, 'payload_content_type' must also be supplied.");
  if (!CONTENT.includes(plainType(type)))
    throw invalid('payload_content_type', `payload_content_type is not one of ${CONTENT.join(', ')}`);
  return plainType(type);
}

/** Outer white space goes, as everything is taken from a JSON text; bytes come in base64. */
function payloadOf(body: JsonObject, contentType: string): Buffer {
  const text = (textOf(body, 'payload') ?? '').trim();
  if (text === '') throw invalid('payload', "If 'payload' specified, must be non empty");
  const encoding = textOf(body, 'payload_content_encoding');
  if (contentType === 'text/plain') {
    if (encoding !== undefined)
      throw invalid('payload_content_encoding', 'payload_content_encoding is not one of None');
    return Buffer.from(text, 'utf8');
  }
  if (encoding !== 'base64')
    throw invalid('payload_content_encoding', 'Encoding type must be base64 for text-based payloads.');
  return Buffer.from(text, 'base64');
}

function expiresOf(body: JsonObject): number | null {
  const text = textOf(body, 'expiration');
  if (text === undefined || text === '') return null;
  const at = Date.parse(/(z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  if (Number.isNaN(at)) throw invalid('expiration', "Invalid date for 'expiration'");
  if (at <= Date.now()) throw invalid('expiration', "'expiration' is before current time");
  return at;
}

/** POST /secrets, with its payload or without one, which then may come once by PUT. */
export function newSecret({ body, who }: Call): Secret {
  const secretType = textOf(body, 'secret_type') ?? 'opaque';
  if (!TYPES.includes(secretType)) throw invalid('secret_type', `'${secretType}' is not one of ${TYPES.join(', ')}`);
  const withPayload = body['payload'] !== undefined;
  if (!withPayload && body['payload_content_type'] !== undefined)
    throw invalid('payload', 'payload must be provided when payload_content_type is specified');
  const contentType = withPayload ? checkedType(textOf(body, 'payload_content_type')) : undefined;
  const now = Date.now();
  return {
    id: uuid(),
    born: now,
    updated: now,
    name: textOf(body, 'name')?.trim() ?? null,
    projectId: who.projectId,
    creatorId: who.userId,
    acl: undefined,
    secretType,
    algorithm: textOf(body, 'algorithm') ?? null,
    bitLength: numberOf(body, 'bit_length') ?? null,
    mode: textOf(body, 'mode') ?? null,
    expires: expiresOf(body),
    payload: contentType === undefined ? undefined : payloadOf(body, contentType),
    contentType,
    metadata: {},
  };
}
