import type { Call } from '../http/call.ts';
import { asObject, textOf, type JsonObject } from '../http/fields.ts';
import { secondsTime, uuid } from '../state/identifiers.ts';
import { httpBadRequest, notByPolicy } from './network-error.ts';
import type { Resource } from './network-state.ts';

/** Marks a change: Neutron counts revisions. */
export function touch(resource: Resource): void {
  resource.revision += 1;
  resource.updated = Date.now();
}

export function newResource(projectId: string, body: JsonObject = {}): Resource {
  const now = Date.now();
  return {
    id: uuid(),
    born: now,
    updated: now,
    revision: 0,
    projectId,
    name: textOf(body, 'name') ?? '',
    description: textOf(body, 'description') ?? '',
    tags: [],
  };
}

/** The last fields of every resource, in Neutron's order. */
export const standardView = (one: Resource): Record<string, unknown> => ({
  tags: one.tags,
  created_at: secondsTime(one.born),
  updated_at: secondsTime(one.updated),
  revision_number: one.revision,
  project_id: one.projectId,
});

export const owns = (call: Call, resource: Pick<Resource, 'projectId'>): boolean =>
  call.who.isAdmin || resource.projectId === call.who.projectId;

/** The project a new resource belongs to; only administrators may name another. */
export function projectFor(call: Call, body: JsonObject, rule: string): string {
  const named = textOf(body, 'project_id') ?? textOf(body, 'tenant_id') ?? call.who.projectId;
  if (named !== call.who.projectId && !call.who.isAdmin) throw notByPolicy(rule);
  return named;
}

/** The body under the resource's name, refused with unknown attributes or with ones this call may not carry. */
export function bodyOf(
  call: Call,
  resource: string,
  allowed: readonly string[],
  never: readonly string[] = [],
): JsonObject {
  const body = call.body[resource];
  if (body === undefined) throw httpBadRequest(`Unable to find '${resource}' in request body`);
  const fields = asObject(body);
  const verb = call.method === 'POST' ? 'POST' : 'PUT';
  const refused = never.find((key) => key in fields);
  if (refused !== undefined)
    throw httpBadRequest(
      verb === 'POST' ? `Attribute '${refused}' not allowed in POST` : `Cannot update read-only attribute ${refused}`,
    );
  const unknown = Object.keys(fields).filter((key) => !allowed.includes(key));
  if (unknown.length > 0) throw httpBadRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
  return fields;
}

export function applyNames(resource: Resource, body: JsonObject): void {
  if ('name' in body) resource.name = textOf(body, 'name') ?? '';
  if ('description' in body) resource.description = textOf(body, 'description') ?? '';
}

/** Refuses an administrator's attributes from others: one policy rule per attribute. */
export function adminOnly(call: Call, verb: string, resource: string, body: JsonObject, keys: readonly string[]): void {
  const used = keys.find((key) => key in body && body[key] !== undefined);
  if (used !== undefined && !call.who.isAdmin)
    throw notByPolicy(`${verb}_${resource} and rule:${verb}_${resource}:${used}`);
}
