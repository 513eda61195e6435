import type { Call } from '../http/call.ts';
import { asObject, type JsonObject } from '../http/fields.ts';
import { listed, nextUrl, pageOf, type Entity } from '../http/paging.ts';
import { badRequest, forbidden } from '../http/refusal.ts';

interface Owned extends Entity {
  readonly projectId: string;
}

export const mayReach = (call: Call, one: Pick<Owned, 'projectId'>): boolean =>
  call.who.isAdmin || one.projectId === call.who.projectId;

/** Octavia's lists: one's own, of a named project for an administrator, by equal fields, `<plural>_links` when there is a next page. */
export function octaviaList<T extends Owned>(
  call: Call,
  plural: string,
  items: Iterable<T>,
  view: (item: T) => Record<string, unknown>,
): unknown {
  const project = call.query.get('project_id');
  if (project !== null && !mayReach(call, { projectId: project }))
    throw forbidden('Policy does not allow this request to be performed.');
  const filters = [...call.query].filter(([key]) => !['limit', 'marker', 'fields', 'sort', 'project_id'].includes(key));
  const found = listed(items, call)
    .filter((one) => (project === null ? mayReach(call, one) : one.projectId === project))
    .map(view)
    .filter((one) => filters.every(([key, wanted]) => String(one[key]) === wanted)) as (Record<string, unknown> & {
    id: string;
  })[];
  const page = pageOf(found, call);
  const href =
    page.next === undefined ? undefined : nextUrl(call, `${call.origin}/load-balancer${call.path}`, page.next);
  return { [plural]: page.items, [`${plural}_links`]: href === undefined ? [] : [{ rel: 'next', href }] };
}

/** The body under the object's name, without what this call may not have. */
export function octaviaBody(
  call: Call,
  key: string,
  allowed: readonly string[],
  required: readonly string[] = [],
): JsonObject {
  if (call.body[key] === undefined)
    throw badRequest(`Invalid input for field/attribute ${key}. Value: 'None'. Mandatory field missing.`);
  const body = asObject(call.body[key]);
  const unknown = Object.keys(body).find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw badRequest(`Unknown attribute for argument ${key}: ${unknown}`);
  const lacking = required.find((name) => body[name] === undefined || body[name] === null);
  if (lacking !== undefined)
    throw badRequest(`Invalid input for field/attribute ${lacking}. Value: 'None'. Mandatory field missing.`);
  return body;
}
