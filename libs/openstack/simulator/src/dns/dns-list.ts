import type { Call } from '../http/call.ts';
import { nextUrl, pageOf } from '../http/paging.ts';
import { designate } from './dns-error.ts';

const USUAL = 20;

/** A page, with links to itself and the next one. */
export function dnsList<T extends { readonly id: string }>(
  call: Call,
  key: string,
  items: readonly T[],
  view: (item: T) => unknown,
): Record<string, unknown> {
  const { items: page, next } = pageOf(items, call, {
    defaultLimit: USUAL,
    badLimit: () => designate(400, 'invalid_limit', 'limit should be an integer between 1 and 1000'),
    unknownMarker: () => designate(400, 'invalid_marker', 'Marker could not be found'),
  });
  const self = `${call.origin}${call.path}`;
  return {
    [key]: page.map(view),
    links: { self, ...(next !== undefined && { next: nextUrl(call, self, next) }) },
    metadata: { total_count: items.length },
  };
}

/** Wildcards as in `*.shop.example.` are Designate's, too; nobody here needs them. */
export const matches = (call: Call, one: Readonly<Record<string, unknown>>, ...filters: readonly string[]): boolean =>
  filters.every((name) => call.query.get(name) === null || String(one[name]) === call.query.get(name));
