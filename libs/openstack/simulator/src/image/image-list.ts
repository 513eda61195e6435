import type { Cloud } from '../cloud.ts';
import type { Call } from '../http/call.ts';
import { badRequest } from '../http/refusal.ts';
import { listed, nextUrl, pageOf, sortBy } from '../http/paging.ts';
import type { Image } from './image-state.ts';
import { imageView } from './image-view.ts';

const notFilters = [
  'limit',
  'marker',
  'sort_key',
  'sort_dir',
  'sort',
  'visibility',
  'member_status',
  'tag',
  'os_hidden',
  'size_min',
  'size_max',
];

function inScope(image: Image, call: Call): boolean {
  const { who } = call;
  const visibility = call.query.get('visibility');
  const memberStatus = call.query.get('member_status') ?? 'accepted';
  const shared =
    image.visibility === 'shared' &&
    image.members.some(
      (one) => one.memberId === who.projectId && (memberStatus === 'all' || one.status === memberStatus),
    );
  if (visibility !== null && visibility !== 'all' && image.visibility !== visibility) return false;
  if (visibility === 'community') return true;
  return (
    who.isAdmin ||
    image.owner === who.projectId ||
    image.visibility === 'public' ||
    shared ||
    (visibility === 'all' && image.visibility === 'community')
  );
}

/** `a`, or `in:a,b,"c,d"` on the fields Glance lets be listed. */
function matches(wanted: string, value: unknown): boolean {
  const text = value === null || value === undefined ? '' : String(value);
  if (!wanted.startsWith('in:')) return wanted.toLowerCase() === text.toLowerCase() || wanted === text;
  return [...wanted.slice(3).matchAll(/"([^"]*)"|([^,]+)/g)].some(([, quoted, plain]) => (quoted ?? plain) === text);
}

function filtered(image: Image, call: Call): boolean {
  const view = imageView(image);
  const hidden = call.query.get('os_hidden')?.toLowerCase() === 'true';
  if (image.hidden !== hidden) return false;
  if (!call.query.getAll('tag').every((tag) => image.tags.includes(tag))) return false;
  if (Number(call.query.get('size_min') ?? 0) > (image.size ?? 0)) return false;
  if (call.query.has('size_max') && Number(call.query.get('size_max')) < (image.size ?? 0)) return false;
  return [...call.query].every(([key, wanted]) => notFilters.includes(key) || matches(wanted, view[key]));
}

function sortKeys(call: Call): { key: string; down: boolean }[] {
  const sort = call.query.get('sort');
  if (sort !== null)
    return sort.split(',').map((part) => ({ key: part.split(':')[0] ?? '', down: part.split(':')[1] !== 'asc' }));
  const keys = call.query.getAll('sort_key');
  const directions = call.query.getAll('sort_dir');
  return (keys.length > 0 ? keys : ['created_at']).map((key, index) => ({
    key,
    down: (directions[index] ?? directions[0] ?? 'desc') === 'desc',
  }));
}

const valueOf = (image: Image, key: string): string | number | null => {
  if (key === 'created_at') return image.born;
  const value = imageView(image)[key];
  return typeof value === 'string' || typeof value === 'number' ? value : null;
};

export function listImages(cloud: Cloud, call: Call): unknown {
  const visible = listed(cloud.image.images, call).filter((image) => inScope(image, call) && filtered(image, call));
  const sorted = sortBy(visible, sortKeys(call), valueOf);
  const page = pageOf(sorted, call, {
    defaultLimit: 25,
    unknownMarker: (marker) => badRequest(`No image found with ID ${marker}`),
  });
  const query = call.query.size > 0 ? `?${call.query}` : '';
  const first = new URLSearchParams(call.query);
  first.delete('marker');
  return {
    images: page.items.map((image) => imageView(image, cloud.settings.glanceStore)),
    first: `/v2/images${query === '' ? '' : `?${first}`}`,
    schema: '/v2/schemas/images',
    ...(page.next !== undefined && { next: nextUrl(call, '/v2/images', page.next) }),
  };
}
