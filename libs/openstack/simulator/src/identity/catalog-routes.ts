import type { Cloud } from '../cloud.ts';
import { get, ok, type Call, type Route } from '../http/call.ts';
import { endpointsOf, servicesOf } from './catalog.ts';
import { missing, needAdmin } from './identity-policy.ts';
import { identityList } from './listing.ts';

const version = (cloud: Cloud): unknown => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: `${cloud.origin}/identity/v3/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});

const born = (items: readonly { id: string }[]): { id: string; born: number }[] =>
  items.map((item) => ({ ...item, born: 0 }));
const shown = ({ born: _, ...item }: Record<string, unknown>): Record<string, unknown> => item;

const single = (call: Call, what: string, items: readonly { id: string }[]): unknown => {
  const found = items.find((item) => item.id === call.params['id']);
  if (found === undefined) throw missing(what, call.params['id'] ?? '');
  return { [what]: found };
};

export const catalogRoutes = (cloud: Cloud): Route[] => {
  const region = {
    id: cloud.settings.region,
    description: '',
    parent_region_id: null,
    links: { self: `${cloud.origin}/identity/v3/regions/${cloud.settings.region}` },
  };
  return [
    get('/', () => ({ status: 300, body: { versions: { values: [version(cloud)] } } }), true),
    get('/v3', () => ok({ version: version(cloud) }), true),
    get('/v3/services', (call) => {
      needAdmin(call, 'list_services');
      return ok(identityList(cloud, call, 'services', born(servicesOf(cloud)), (one) => shown({ ...one })));
    }),
    get('/v3/services/{id}', (call) => ok(single(call, 'service', servicesOf(cloud)))),
    get('/v3/endpoints', (call) => {
      needAdmin(call, 'list_endpoints');
      return ok(identityList(cloud, call, 'endpoints', born(endpointsOf(cloud)), (one) => shown({ ...one })));
    }),
    get('/v3/endpoints/{id}', (call) => ok(single(call, 'endpoint', endpointsOf(cloud)))),
    get('/v3/regions', (call) => ok(identityList(cloud, call, 'regions', born([region]), (one) => shown({ ...one })))),
    get('/v3/regions/{id}', (call) => ok(single(call, 'region', [region]))),
    get('/v3/groups', (call) => ok(identityList(cloud, call, 'groups', [], () => ({})))),
    get('/v3/limits', (call) => ok(identityList(cloud, call, 'limits', [], () => ({})))),
    get('/v3/registered_limits', (call) => ok(identityList(cloud, call, 'registered_limits', [], () => ({})))),
  ];
};
