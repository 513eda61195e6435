import type { Message } from './unpack.ts';

const OWNERS = ['project_id', 'tenant_id', 'owner'] as const;
const CONTEXT_PROJECTS = ['_context_project_id', '_context_tenant_id', '_context_tenant'] as const;

/**
 * The project that the change concerns: the owner that the payload names; else who asked. Not the other way round: Nova updates a tenant's
 * port in its own name.
 */
export function ownerOf(message: Message): unknown {
  const payload = fieldsOf(message['payload']);
  const places = [payload, ...Object.values(payload).map(fieldsOf)];
  return places.map((place) => firstText(place, OWNERS)).find(Boolean) ?? firstText(message, CONTEXT_PROJECTS);
}

/** Keystone sends no context, and has the request's id in the payload. */
export function requestOf(message: Message): unknown {
  return firstText(message, ['_context_request_id']) ?? firstText(fieldsOf(message['payload']), ['request_id']);
}

const firstText = (from: Message, keys: readonly string[]): string | undefined =>
  keys.map((key) => (Object.hasOwn(from, key) ? from[key] : undefined)).find((value) => typeof value === 'string');

const fieldsOf = (value: unknown): Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : {};
