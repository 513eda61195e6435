import { badRequest } from './refusal.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (key: string, value: unknown, type: string): Error =>
  badRequest(
    `Invalid input for field/attribute ${key}. Value: ${JSON.stringify(value)}. ${JSON.stringify(value)} is not of type '${type}'`,
  );

/** The object under `key`; `{}` when absent or null. Refuses other types as the services' schema checks do. */
export function objectOf(body: JsonObject, key: string): JsonObject {
  const value = body[key];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrong(key, value, 'object');
  return value;
}

/** Like `objectOf`, but the key must be there. */
export function requiredObject(body: JsonObject, key: string): JsonObject {
  if (!isObject(body[key])) throw badRequest(`Invalid input for field/attribute body. '${key}' is a required property`);
  return objectOf(body, key);
}

export function textOf(body: JsonObject, key: string): string | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrong(key, value, 'string');
  return value;
}

export function requiredText(body: JsonObject, key: string): string {
  const value = textOf(body, key);
  if (value === undefined) throw badRequest(`Invalid input for field/attribute body. '${key}' is a required property`);
  return value;
}

/** A whole number; numerals in strings are taken as numbers, as Nova and Cinder do. */
export function numberOf(body: JsonObject, key: string): number | undefined {
  const value = body[key];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong(key, value, 'integer');
  return number;
}

/** A flag; the strings OpenStack's `bool_from_string` knows count too. */
export function flagOf(body: JsonObject, key: string): boolean | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  if (['1', 't', 'true', 'on', 'y', 'yes'].includes(text)) return true;
  if (['0', 'f', 'false', 'off', 'n', 'no', ''].includes(text)) return false;
  throw wrong(key, value, 'boolean');
}

export function listOf(body: JsonObject, key: string): readonly unknown[] | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrong(key, value, 'array');
  return value;
}

export function objectsOf(body: JsonObject, key: string): readonly JsonObject[] | undefined {
  return listOf(body, key)?.map((item) => {
    if (!isObject(item)) throw wrong(key, item, 'object');
    return item;
  });
}

export function textsOf(body: JsonObject, key: string): string[] | undefined {
  return listOf(body, key)?.map((item) => {
    if (typeof item !== 'string') throw wrong(key, item, 'string');
    return item;
  });
}

/** Text values only, such as metadata; numbers and flags become text as they do in the services. */
export function textMapOf(body: JsonObject, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(objectOf(body, key)).map(([name, value]) => [name, String(value)]));
}

export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});
