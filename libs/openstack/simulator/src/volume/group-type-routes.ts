import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, requiredObject, requiredText, textMapOf, textOf } from '../http/fields.ts';
import { badRequest, conflict, notFound } from '../http/refusal.ts';
import { uuid } from '../state/identifiers.ts';
import { needAdmin } from './volume-policy.ts';
import type { GroupType } from './volume-state.ts';

const view = (call: Call, type: GroupType): Record<string, unknown> => ({
  id: type.id,
  name: type.name,
  description: type.description,
  is_public: type.isPublic,
  ...(call.who.isAdmin && { group_specs: type.specs }),
});

function typeOf(cloud: Cloud, call: Call): GroupType {
  const type = cloud.volume.groupTypes.get(call.params['id']);
  if (type === undefined || (!type.isPublic && !call.who.isAdmin))
    throw notFound(`Group type ${call.params['id']} could not be found.`);
  return type;
}

function create(cloud: Cloud, call: Call): GroupType {
  needAdmin(call, 'group:group_types:create');
  const body = requiredObject(call.body, 'group_type');
  const name = requiredText(body, 'name');
  if (cloud.volume.groupTypes.some((one) => one.name === name)) throw conflict(`Group Type ${name} already exists.`);
  return cloud.volume.groupTypes.add({
    id: uuid(),
    born: Date.now(),
    name,
    description: textOf(body, 'description') ?? null,
    isPublic: flagOf(body, 'is_public') ?? true,
    specs: textMapOf(body, 'group_specs'),
  });
}

function drop(cloud: Cloud, call: Call): void {
  needAdmin(call, 'group:group_types:delete');
  const type = typeOf(cloud, call);
  if (cloud.volume.groups.some((group) => group.groupTypeId === type.id))
    throw badRequest('Target group type is still in use.');
  cloud.volume.groupTypes.delete(type.id);
}

/** Group types (3.11 on). */
export const groupTypeRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/group_types';
  return [
    get(root, (call) =>
      ok({
        group_types: cloud.volume.groupTypes
          .filter((type) => type.isPublic || call.who.isAdmin)
          .map((type) => view(call, type)),
      }),
    ),
    post(root, (call) => accepted({ group_type: view(call, create(cloud, call)) })),
    get(`${root}/{id}`, (call) => ok({ group_type: view(call, typeOf(cloud, call)) })),
    remove(`${root}/{id}`, (call) => {
      drop(cloud, call);
      return accepted();
    }),
  ];
};
