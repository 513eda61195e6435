import type { Call } from './call.ts';
import { badRequest } from './refusal.ts';

/** Everything the cloud keeps: `born` is when it was made, epoch milliseconds. */
export interface Entity {
  readonly id: string;
  readonly born: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** The marker of the next page; undefined when this one was not full. */
  readonly next: string | undefined;
}

export interface PageRules {
  readonly max?: number;
  readonly defaultLimit?: number;
  /** What a limit that is no number answers. */
  readonly badLimit?: (text: string) => Error;
  /** What a marker that is not in the list answers. */
  readonly unknownMarker?: (marker: string) => Error;
}

/** Leaves out what a lagging list does not show yet. */
export const listed = <T extends Entity>(items: Iterable<T>, call: Pick<Call, 'listLagMs'>): T[] => {
  const since = Date.now() - call.listLagMs;
  return call.listLagMs === 0 ? [...items] : [...items].filter((item) => item.born <= since);
};

function limitOf(call: Pick<Call, 'query'>, rules: PageRules): number {
  const text = call.query.get('limit');
  const max = rules.max ?? 1000;
  if (text === null) return rules.defaultLimit ?? max;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0)
    throw rules.badLimit?.(text) ?? badRequest('limit param must be an integer');
  return Math.min(limit === 0 ? max : limit, max);
}

/** One page by `limit` and `marker` (the id of the last object of the page before). */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  call: Pick<Call, 'query'>,
  rules: PageRules = {},
): Page<T> {
  const limit = limitOf(call, rules);
  const marker = call.query.get('marker');
  let start = 0;
  if (marker !== null && marker !== '') {
    const at = items.findIndex((item) => item.id === marker);
    if (at < 0) throw rules.unknownMarker?.(marker) ?? badRequest(`marker [${marker}] not found`);
    start = at + 1;
  }
  if (call.query.get('page_reverse') === 'True') {
    const end = marker === null || marker === '' ? items.length : start - 1;
    const page = items.slice(Math.max(0, end - limit), end);
    return { items: page, next: page.at(-1)?.id };
  }
  const page = items.slice(start, start + limit);
  // A full page has a next one, even an empty one: none of the services looks ahead.
  return { items: page, next: page.length === limit ? page.at(-1)?.id : undefined };
}

/** The same URL with another marker. */
export function nextUrl(call: Pick<Call, 'query'>, url: string, marker: string): string {
  const query = new URLSearchParams(call.query);
  query.set('marker', marker);
  return `${url}?${query}`;
}

type Value = string | number | boolean | null | undefined;

const compare = (one: Value, two: Value): number => {
  if (one === two) return 0;
  if (one === null || one === undefined) return -1;
  if (two === null || two === undefined) return 1;
  return one < two ? -1 : 1;
};

/** Sorts by keys like `name:asc,created_at`; the id breaks ties, so that pages never overlap. */
export function sortBy<T extends { readonly id: string }>(
  items: readonly T[],
  keys: readonly { readonly key: string; readonly down: boolean }[],
  value: (item: T, key: string) => Value,
): T[] {
  return [...items].sort((one, two) => {
    for (const { key, down } of keys) {
      const order = compare(value(one, key), value(two, key));
      if (order !== 0) return down ? -order : order;
    }
    return compare(one.id, two.id);
  });
}
