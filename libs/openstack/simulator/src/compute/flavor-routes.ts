import type { Cloud } from '../cloud.ts';
import { get, ok, post, put, remove, accepted, type Answer, type Call, type Route } from '../http/call.ts';
import { flagOf, numberOf, requiredObject, requiredText, textMapOf, textOf } from '../http/fields.ts';
import { badRequest, conflict, notFound } from '../http/refusal.ts';
import { listed, nextUrl, pageOf, sortBy } from '../http/paging.ts';
import { uuid } from '../state/identifiers.ts';
import { mayUseFlavor, needAdmin } from './compute-policy.ts';
import type { Flavor } from './compute-state.ts';
import { links } from './server-view.ts';

const view = (call: Call, flavor: Flavor): Record<string, unknown> => ({
  id: flavor.id,
  name: flavor.name,
  ram: flavor.ram,
  disk: flavor.disk,
  swap: flavor.swap === 0 && call.minor < 75 ? '' : flavor.swap,
  'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeral,
  'OS-FLV-DISABLED:disabled': false,
  vcpus: flavor.vcpus,
  'os-flavor-access:is_public': flavor.isPublic,
  rxtx_factor: flavor.rxtx,
  links: links(call, 'flavors', flavor.id),
  ...(call.minor >= 55 && { description: flavor.description }),
  ...(call.minor >= 61 && { extra_specs: flavor.extraSpecs }),
});

export function makeFlavor(
  cloud: Cloud,
  flavor: Partial<Flavor> & Pick<Flavor, 'name' | 'vcpus' | 'ram' | 'disk'>,
): Flavor {
  const id = flavor.id ?? uuid();
  if (cloud.compute.flavors.some((one) => one.name === flavor.name))
    throw conflict(`Flavor with name ${flavor.name} already exists.`);
  if (cloud.compute.flavors.has(id)) throw conflict(`Flavor with ID ${id} already exists.`);
  return cloud.compute.flavors.add({
    ephemeral: 0,
    swap: 0,
    isPublic: true,
    rxtx: 1,
    description: null,
    extraSpecs: {},
    access: new Set(),
    ...flavor,
    id,
    born: Date.now(),
  });
}

function flavorOf(cloud: Cloud, call: Call): Flavor {
  const flavor = cloud.compute.flavors.get(call.params['id']);
  if (flavor === undefined || !mayUseFlavor(flavor, call.who))
    throw notFound(`Flavor ${call.params['id']} could not be found.`);
  return flavor;
}

function list(cloud: Cloud, call: Call, path: string, shown: (flavor: Flavor) => unknown): unknown {
  const wanted = call.query.get('is_public')?.toLowerCase();
  const visible = listed(cloud.compute.flavors, call)
    .filter((flavor) => mayUseFlavor(flavor, call.who))
    .filter(
      (flavor) =>
        !call.who.isAdmin ||
        wanted === 'none' ||
        (wanted === 'false' || wanted === '0' ? !flavor.isPublic : flavor.isPublic),
    )
    .filter(
      (flavor) =>
        flavor.ram >= Number(call.query.get('minRam') ?? 0) && flavor.disk >= Number(call.query.get('minDisk') ?? 0),
    );
  const page = pageOf(
    sortBy(visible, [], () => null),
    call,
  );
  return {
    flavors: page.items.map(shown),
    ...(page.next !== undefined && {
      flavors_links: [{ rel: 'next', href: nextUrl(call, `${call.origin}/compute${path}`, page.next) }],
    }),
  };
}

function create(cloud: Cloud, call: Call): Answer {
  needAdmin(call, 'os-flavor-manage:create');
  const body = requiredObject(call.body, 'flavor');
  const id = body['id'] === undefined || body['id'] === null || body['id'] === 'auto' ? undefined : String(body['id']);
  const number = (key: string): number => {
    const value = numberOf(body, key);
    if (value === undefined)
      throw badRequest(`Invalid input for field/attribute flavor. '${key}' is a required property`);
    return value;
  };
  const flavor = makeFlavor(cloud, {
    ...(id !== undefined && { id }),
    name: requiredText(body, 'name'),
    vcpus: number('vcpus'),
    ram: number('ram'),
    disk: number('disk'),
    swap: numberOf(body, 'swap') ?? 0,
    ephemeral: numberOf(body, 'OS-FLV-EXT-DATA:ephemeral') ?? 0,
    isPublic: flagOf(body, 'os-flavor-access:is_public') ?? true,
    rxtx: numberOf(body, 'rxtx_factor') ?? 1,
    description: call.minor >= 55 ? (textOf(body, 'description') ?? null) : null,
  });
  return ok({ flavor: view(call, flavor) });
}

function accessAction(cloud: Cloud, call: Call): Answer {
  needAdmin(call, 'os-flavor-access:add_tenant_access');
  const flavor = flavorOf(cloud, call);
  if (flavor.isPublic) throw conflict('Can not add access to a public flavor.');
  if ('addTenantAccess' in call.body)
    flavor.access.add(requiredText(requiredObject(call.body, 'addTenantAccess'), 'tenant'));
  if ('removeTenantAccess' in call.body)
    flavor.access.delete(requiredText(requiredObject(call.body, 'removeTenantAccess'), 'tenant'));
  return ok({ flavor_access: [...flavor.access].map((tenant) => ({ flavor_id: flavor.id, tenant_id: tenant })) });
}

const specRoutes = (cloud: Cloud, root: string): Route[] => [
  get(`${root}/{id}/os-extra_specs`, (call) => ok({ extra_specs: flavorOf(cloud, call).extraSpecs })),
  post(`${root}/{id}/os-extra_specs`, (call) => {
    needAdmin(call, 'os-flavor-extra-specs:create');
    const flavor = flavorOf(cloud, call);
    Object.assign(flavor.extraSpecs, textMapOf(call.body, 'extra_specs'));
    return ok({ extra_specs: flavor.extraSpecs });
  }),
  get(`${root}/{id}/os-extra_specs/{key}`, (call) => {
    const key = call.params['key'] ?? '';
    const value = flavorOf(cloud, call).extraSpecs[key];
    if (value === undefined) throw notFound(`Flavor ${call.params['id']} has no extra specs with key ${key}.`);
    return ok({ [key]: value });
  }),
  remove(`${root}/{id}/os-extra_specs/{key}`, (call) => {
    needAdmin(call, 'os-flavor-extra-specs:delete');
    delete flavorOf(cloud, call).extraSpecs[call.params['key'] ?? ''];
    return { status: 200 };
  }),
];

export const flavorRoutes = (cloud: Cloud): Route[] => {
  const root = '/v2.1/flavors';
  return [
    get(root, (call) =>
      ok(
        list(cloud, call, root, (one) => ({
          id: one.id,
          name: one.name,
          links: links(call, 'flavors', one.id),
          ...(call.minor >= 55 && { description: one.description }),
        })),
      ),
    ),
    get(`${root}/detail`, (call) => ok(list(cloud, call, `${root}/detail`, (one) => view(call, one)))),
    post(root, (call) => create(cloud, call)),
    get(`${root}/{id}`, (call) => ok({ flavor: view(call, flavorOf(cloud, call)) })),
    put(`${root}/{id}`, (call) => {
      needAdmin(call, 'os-flavor-manage:update');
      const flavor = flavorOf(cloud, call);
      flavor.description = textOf(requiredObject(call.body, 'flavor'), 'description') ?? null;
      return ok({ flavor: view(call, flavor) });
    }),
    remove(`${root}/{id}`, (call) => {
      needAdmin(call, 'os-flavor-manage:delete');
      cloud.compute.flavors.delete(flavorOf(cloud, call).id);
      return accepted();
    }),
    post(`${root}/{id}/action`, (call) => accessAction(cloud, call)),
    get(`${root}/{id}/os-flavor-access`, (call) => {
      const flavor = flavorOf(cloud, call);
      if (flavor.isPublic) throw notFound(`Access list not available for public flavors.`);
      return ok({ flavor_access: [...flavor.access].map((tenant) => ({ flavor_id: flavor.id, tenant_id: tenant })) });
    }),
    ...specRoutes(cloud, root),
  ];
};
