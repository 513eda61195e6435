import type { Cloud } from '../cloud.ts';
import { get, noContent, ok, put, remove, type Call, type Route } from '../http/call.ts';
import { textsOf } from '../http/fields.ts';
import type { Store } from '../state/store.ts';
import { httpBadRequest, neutron } from './network-error.ts';
import type { Resource } from './network-state.ts';
import { owns, touch } from './resource.ts';

function stores(cloud: Cloud): Record<string, Store<Resource>> {
  const { network } = cloud;
  const as = (store: unknown): Store<Resource> => store as Store<Resource>;
  return {
    networks: as(network.networks),
    subnets: as(network.subnets),
    ports: as(network.ports),
    routers: as(network.routers),
    floatingips: as(network.floatingIps),
    'security-groups': as(network.groups),
    security_groups: as(network.groups),
    subnetpools: as(network.subnetPools),
    trunks: as(network.trunks),
    policies: as(network.qosPolicies),
  };
}

const checkTag = (tag: string): string => {
  if (tag === '' || tag.length > 60)
    throw httpBadRequest(`Invalid input for tags. Reason: '${tag}' exceeds maximum length of 60.`);
  return tag;
};

function tagRoutesOf(kind: string, store: Store<Resource>): Route[] {
  const root = `/v2.0/${kind}/{id}/tags`;
  const find = (call: Call): Resource => {
    const resource = store.get(call.params['id']);
    if (resource === undefined || !owns(call, resource))
      throw neutron(404, 'TagResourceNotFound', `Resource ${kind} ${call.params['id']} could not be found.`);
    return resource;
  };
  const set = (resource: Resource, tags: readonly string[]): void => {
    resource.tags = [...new Set(tags.map(checkTag))];
    touch(resource);
  };
  return [
    get(root, (call) => ok({ tags: find(call).tags })),
    put(root, (call) => {
      const resource = find(call);
      set(resource, textsOf(call.body, 'tags') ?? []);
      return ok({ tags: resource.tags });
    }),
    remove(root, (call) => {
      set(find(call), []);
      return noContent();
    }),
    get(`${root}/{tag}`, (call) => {
      if (!find(call).tags.includes(call.params['tag'] ?? ''))
        throw neutron(404, 'TagNotFound', `Tag ${call.params['tag']} could not be found.`);
      return noContent();
    }),
    put(`${root}/{tag}`, (call) => {
      const resource = find(call);
      set(resource, [...resource.tags, call.params['tag'] ?? '']);
      return { status: 201 };
    }),
    remove(`${root}/{tag}`, (call) => {
      const resource = find(call);
      const tag = call.params['tag'] ?? '';
      if (!resource.tags.includes(tag)) throw neutron(404, 'TagNotFound', `Tag ${tag} could not be found.`);
      set(
        resource,
        resource.tags.filter((one) => one !== tag),
      );
      return noContent();
    }),
  ];
}

export const tagRoutes = (cloud: Cloud): Route[] =>
  Object.entries(stores(cloud)).flatMap(([kind, store]) => tagRoutesOf(kind, store));
