import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** Keystone's ids: 32 hex digits. */
export const hexId = (): string => randomBytes(16).toString('hex');

export const uuid = (): string => randomUUID();

export const requestId = (): string => `req-${randomUUID()}`;

/** Neutron's base MAC range. */
export const randomMac = (): string =>
  ['fa', '16', '3e', ...[0, 0, 0].map(() => randomInt(256).toString(16).padStart(2, '0'))].join(':');

/** `2026-11-22T21:50:14Z` (Nova, Neutron, Glance). */
export const secondsTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** `2026-11-22T21:50:14.000000` (Cinder, Nova's extended times). */
export const microsTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000`;

/** `2026-11-22T21:50:14.000000Z` (Keystone). */
export const keystoneTime = (ms: number): string => `${microsTime(ms)}Z`;

export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);
