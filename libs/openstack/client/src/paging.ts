import type { CallOptions, Query } from './cloud.ts';

interface Link {
  readonly rel: string;
  readonly href: string;
}

/**
 * Where the next page is, as each service says it: Nova, Cinder and Neutron by `<key>_links`, Glance by `next`, Keystone by `links.next`.
 * Only the query is taken over: hosts in links are often those behind a proxy.
 */
export function nextPage(
  page: Readonly<Record<string, unknown>>,
  key: string,
  path: string,
  options: CallOptions,
): { path: string; options: CallOptions } | undefined {
  const links = page[`${key}_links`] as readonly Link[] | undefined;
  const href =
    links?.find((link) => link.rel === 'next')?.href ??
    (typeof page['next'] === 'string' ? page['next'] : undefined) ??
    (page['links'] as { next?: string | null } | undefined)?.next;
  if (!href) return undefined;
  const params = new URL(href, 'http://page').searchParams;
  const query: Record<string, readonly string[]> = {};
  for (const name of new Set(params.keys())) query[name] = params.getAll(name);
  return { path, options: { ...options, query: { ...(options.query as Query), ...query } } };
}
