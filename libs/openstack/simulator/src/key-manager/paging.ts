import type { Call } from '../http/call.ts';

const MOST = 100;
const USUAL = 10;

/** Pages by `offset` and `limit`, with whole URLs of the neighbours. Barbican makes the best of limits that are none. */
export function offsetPage<T>(
  call: Call,
  key: string,
  items: readonly T[],
  view: (item: T) => unknown,
): Record<string, unknown> {
  const whole = (name: string, otherwise: number): number => {
    const value = Number(call.query.get(name) ?? otherwise);
    return Number.isInteger(value) && value >= 0 ? value : otherwise;
  };
  const [offset, limit] = [whole('offset', 0), Math.min(whole('limit', USUAL) || USUAL, MOST)];
  const link = (at: number): string => `${call.origin}/key-manager/v1/${key}?limit=${limit}&offset=${at}`;
  return {
    [key]: items.slice(offset, offset + limit).map(view),
    total: items.length,
    ...(offset > 0 && { previous: link(Math.max(0, offset - limit)) }),
    ...(offset + limit < items.length && { next: link(offset + limit) }),
  };
}
