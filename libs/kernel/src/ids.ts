import { createHash, hash, randomUUID } from 'node:crypto';
import { canonicalJson } from './json.ts';

export const newId = (): string => randomUUID();

/** The same parts give the same UUID for ever: how a command keeps its id over resends and restarts. */
export function deterministicId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex');
  const variant = ((parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16).padStart(2, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}

/** `sha256:<hex>` of the canonical JSON: the content address of entity versions and topologies. Fields named `without` do not count. */
export const digestOf = (value: unknown, without?: string): string =>
  `sha256:${hash('sha256', canonicalJson(value, without), 'hex')}`;
