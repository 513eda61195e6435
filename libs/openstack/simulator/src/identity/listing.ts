import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { listed, type Entity } from '../http/paging.ts';

/** Keystone's lists: filters are equality on the shown fields; no paging. */
export function identityList<T extends Entity>(
  cloud: Cloud,
  call: Call,
  plural: string,
  items: Iterable<T>,
  view: (item: T) => Record<string, unknown>,
): unknown {
  const filters = [...call.query].filter(([key]) =>
    ['name', 'domain_id', 'enabled', 'parent_id', 'type', 'service_id', 'interface', 'region_id', 'is_domain'].includes(
      key,
    ),
  );
  const tags = call.query.get('tags')?.split(',') ?? [];
  const shown = listed(items, call)
    .map(view)
    .filter((item) => filters.every(([key, value]) => String(item[key]).toLowerCase() === value.toLowerCase()))
    .filter((item) => tags.every((tag) => Array.isArray(item['tags']) && item['tags'].includes(tag)));
  return { [plural]: shown, links: { next: null, self: `${cloud.origin}/identity${call.path}`, previous: null } };
}
