import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { listed, nextUrl, pageOf, sortBy, type Entity } from '../http/paging.ts';

interface Owned extends Entity {
  readonly projectId: string;
}

const control = ['limit', 'marker', 'offset', 'sort', 'sort_key', 'sort_dir', 'all_tenants', 'with_count', 'is_public'];

const isTrue = (text: string | null): boolean =>
  text !== null && ['1', 'true', 'yes', 'on', 't', 'y'].includes(text.toLowerCase());

/** `{'key': 'value'}` as clients write it, or JSON. */
function metadataFilter(text: string): [string, string][] {
  return [...text.matchAll(/u?['"]([^'"]+)['"]\s*:\s*u?['"]([^'"]*)['"]/g)].map(([, key = '', value = '']) => [
    key,
    value,
  ]);
}

function matches(view: Record<string, unknown>, key: string, wanted: string): boolean {
  if (key === 'metadata') {
    const metadata = view['metadata'];
    return metadataFilter(wanted).every(
      ([name, value]) => typeof metadata === 'object' && metadata !== null && Reflect.get(metadata, name) === value,
    );
  }
  if (key === 'name~') return String(view['name'] ?? '').includes(wanted);
  if (key === 'project_id')
    return (
      view['os-vol-tenant-attr:tenant_id'] === wanted ||
      view['os-extended-snapshot-attributes:project_id'] === wanted ||
      view['os-backup-project-attr:project_id'] === wanted
    );
  return !(key in view) || String(view[key]).toLowerCase() === wanted.toLowerCase();
}

function sortKeys(call: Call): { key: string; down: boolean }[] {
  const sort = call.query.get('sort');
  if (sort === null)
    return [{ key: call.query.get('sort_key') ?? 'created_at', down: call.query.get('sort_dir') !== 'asc' }];
  return sort.split(',').map((part) => ({ key: part.split(':')[0] ?? '', down: part.split(':')[1] !== 'asc' }));
}

/** Cinder's lists: the project's own (all for an administrator who says so), newest first, with `<plural>_links` to the next page. */
export function volumeList<T extends Owned>(
  cloud: Cloud,
  call: Call,
  plural: string,
  items: Iterable<T>,
  full: (item: T) => Record<string, unknown>,
  shown: (item: T) => Record<string, unknown> = full,
): unknown {
  const all = call.who.isAdmin && isTrue(call.query.get('all_tenants'));
  const filters = [...call.query].filter(([key]) => !control.includes(key));
  const mine = listed(items, call).filter((item) => all || item.projectId === call.who.projectId);
  const views = new Map(mine.map((item) => [item.id, full(item)]));
  const wanted = mine.filter((item) => filters.every(([key, value]) => matches(views.get(item.id) ?? {}, key, value)));
  const sorted = sortBy(wanted, sortKeys(call), (item, key) => {
    const value = key === 'created_at' ? item.born : views.get(item.id)?.[key];
    return typeof value === 'string' || typeof value === 'number' ? value : null;
  });
  const offset = Number(call.query.get('offset') ?? 0);
  const page = pageOf(sorted.slice(offset), call);
  const url = `${call.origin}/volume${call.path}`;
  return {
    [plural]: page.items.map(shown),
    ...(page.next !== undefined && { [`${plural}_links`]: [{ rel: 'next', href: nextUrl(call, url, page.next) }] }),
    ...(call.minor >= 45 && isTrue(call.query.get('with_count')) && { count: wanted.length }),
  };
}
