import type { CallOptions, Query, ServiceName } from './cloud.ts';

interface Link {
  readonly rel: string;
  readonly href: string;
}

/**
 * Neutron and Octavia answer all they have at once unless pages are asked for; the pages of Glance and Designate are of 25 and 20. The others' are of a
 * thousand by themselves.
 */
const PAGE: Partial<Record<ServiceName, number>> = { dns: 1000, image: 1000, 'load-balancer': 1000, network: 1000 };

/** What is asked of a list's first page. */
export const firstPage = (service: ServiceName, path: string, options: CallOptions): CallOptions => {
  const limit = PAGE[service];
  // A list of what Neutron can do, and not of what it has.
  return limit === undefined || path === '/extensions' ? options : { ...options, query: { limit, ...options.query } };
};

/**
 * Where the next page is, as each service says it: Nova, Cinder, Neutron and Octavia by `<key>_links`, Glance and Barbican by `next`, Keystone and
 * Designate by `links.next`.
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
