import type { Cloud } from '../cloud.ts';
import { accepted, get, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { flagOf, objectOf, requiredObject, requiredText, textMapOf, textOf } from '../http/fields.ts';
import { badRequest, conflict, notFound } from '../http/refusal.ts';
import { listed } from '../http/paging.ts';
import { uuid } from '../state/identifiers.ts';
import { mayUseType } from './type-lookup.ts';
import { needAdmin } from './volume-policy.ts';
import type { VolumeType } from './volume-state.ts';

/** What tenants may see of extra specs. */
const tenantSpecs = ['multiattach', 'replication_enabled', 'RESKEY:availability_zones'];

function typeView(call: Call, type: VolumeType): Record<string, unknown> {
  const specs = call.who.isAdmin
    ? type.extraSpecs
    : Object.fromEntries(Object.entries(type.extraSpecs).filter(([key]) => tenantSpecs.includes(key)));
  return {
    id: type.id,
    name: type.name,
    is_public: type.isPublic,
    description: type.description,
    extra_specs: specs,
    ...(call.who.isAdmin && { qos_specs_id: null }),
    'os-volume-type-access:is_public': type.isPublic,
  };
}

export function makeType(cloud: Cloud, name: string, more: Partial<VolumeType> = {}): VolumeType {
  if (cloud.volume.types.some((one) => one.name === name)) throw conflict(`Volume Type ${name} already exists.`);
  return cloud.volume.types.add({
    id: uuid(),
    born: Date.now(),
    name,
    description: null,
    isPublic: true,
    extraSpecs: {},
    access: new Set(),
    ...more,
  });
}

function typeOf(cloud: Cloud, call: Call): VolumeType {
  const id = call.params['id'];
  const type =
    id === 'default'
      ? cloud.volume.types.find((one) => one.name === cloud.volume.defaultTypeName)
      : cloud.volume.types.get(id);
  if (type === undefined || !mayUseType(type, call.who)) throw notFound(`Volume type ${id} could not be found.`);
  return type;
}

function list(cloud: Cloud, call: Call): unknown {
  const wanted = call.query.get('is_public')?.toLowerCase();
  const types = listed(cloud.volume.types, call)
    .filter((type) => mayUseType(type, call.who))
    .filter((type) =>
      call.who.isAdmin ? wanted === 'none' || (wanted === 'false' ? !type.isPublic : type.isPublic) : true,
    );
  return { volume_types: types.reverse().map((type) => typeView(call, type)) };
}

function createType(cloud: Cloud, call: Call): Answer {
  needAdmin(call, 'volume_extension:type_create');
  const body = requiredObject(call.body, 'volume_type');
  const type = makeType(cloud, requiredText(body, 'name'), {
    description: textOf(body, 'description') ?? null,
    isPublic: flagOf(body, 'os-volume-type-access:is_public') ?? true,
    extraSpecs: textMapOf(body, 'extra_specs'),
  });
  return ok({ volume_type: typeView(call, type) });
}

function deleteType(cloud: Cloud, call: Call): Answer {
  needAdmin(call, 'volume_extension:type_delete');
  const type = typeOf(cloud, call);
  if (type.name === cloud.volume.defaultTypeName)
    throw badRequest(`The volume type ${type.id} is a default volume type and cannot be deleted.`);
  if (cloud.volume.volumes.some((volume) => volume.typeId === type.id))
    throw badRequest('Target volume type is still in use.');
  cloud.volume.types.delete(type.id);
  return accepted();
}

function accessAction(cloud: Cloud, call: Call): Answer {
  needAdmin(call, 'volume_extension:volume_type_access:addProjectAccess');
  const type = typeOf(cloud, call);
  if ('addProjectAccess' in call.body)
    type.access.add(requiredText(objectOf(call.body, 'addProjectAccess'), 'project'));
  if ('removeProjectAccess' in call.body)
    type.access.delete(requiredText(objectOf(call.body, 'removeProjectAccess'), 'project'));
  return accepted();
}

const specRoutes = (cloud: Cloud, root: string): Route[] => [
  get(`${root}/{id}/extra_specs`, (call) => ok({ extra_specs: typeView(call, typeOf(cloud, call))['extra_specs'] })),
  post(`${root}/{id}/extra_specs`, (call) => {
    needAdmin(call, 'volume_extension:types_extra_specs:create');
    const type = typeOf(cloud, call);
    Object.assign(type.extraSpecs, textMapOf(call.body, 'extra_specs'));
    return ok({ extra_specs: type.extraSpecs });
  }),
  remove(`${root}/{id}/extra_specs/{key}`, (call) => {
    needAdmin(call, 'volume_extension:types_extra_specs:delete');
    delete typeOf(cloud, call).extraSpecs[call.params['key'] ?? ''];
    return accepted();
  }),
];

export const typeRoutes = (cloud: Cloud): Route[] => {
  const root = '/v3/{project}/types';
  return [
    get(root, (call) => ok(list(cloud, call))),
    post(root, (call) => createType(cloud, call)),
    get(`${root}/{id}`, (call) => ok({ volume_type: typeView(call, typeOf(cloud, call)) })),
    put(`${root}/{id}`, (call) => {
      needAdmin(call, 'volume_extension:type_update');
      const type = typeOf(cloud, call);
      const body = requiredObject(call.body, 'volume_type');
      type.name = textOf(body, 'name') ?? type.name;
      type.description = textOf(body, 'description') ?? type.description;
      return ok({ volume_type: typeView(call, type) });
    }),
    remove(`${root}/{id}`, (call) => deleteType(cloud, call)),
    post(`${root}/{id}/action`, (call) => accessAction(cloud, call)),
    get(`${root}/{id}/os-volume-type-access`, (call) => {
      needAdmin(call, 'volume_extension:volume_type_access');
      const type = typeOf(cloud, call);
      return ok({
        volume_type_access: [...type.access].map((project) => ({ volume_type_id: type.id, project_id: project })),
      });
    }),
    get(`${root}/{id}/encryption`, () => ok({})),
    ...specRoutes(cloud, root),
  ];
};
