import type { Cloud } from '../cloud.ts';
import { created, get, noContent, ok, post, put, remove, type Call, type Route } from '../http/call.ts';
import { flagOf, objectsOf, requiredText, textsOf, type JsonObject } from '../http/fields.ts';
import { blockOf, contains } from './addresses.ts';
import { missing, neutron } from './network-error.ts';
import { chosenFields, networkList } from './network-list.ts';
import { checkNetworkQuota } from './network-quota.ts';
import type { Router } from './network-state.ts';
import { adminOnly, applyNames, bodyOf, newResource, owns, projectFor, standardView, touch } from './resource.ts';
import { gatewayView, removeGatewayPort, setGateway } from './router-gateway.ts';
import { addInterface, interfacesOf, removeInterface } from './router-interface.ts';

const adminKeys = ['distributed', 'ha'];
const common = ['name', 'description', 'admin_state_up', 'external_gateway_info', ...adminKeys];
const readOnly = ['id', 'status', 'revision_number', 'created_at', 'updated_at', 'tags', 'availability_zones'];

function routerOf(cloud: Cloud, call: Call): Router {
  const router = cloud.network.routers.get(call.params['id']);
  if (router === undefined || !owns(call, router)) throw missing('Router', call.params['id']);
  return router;
}

const view = (cloud: Cloud, call: Call, router: Router): Record<string, unknown> => ({
  id: router.id,
  name: router.name,
  tenant_id: router.projectId,
  admin_state_up: router.adminStateUp,
  status: 'ACTIVE',
  external_gateway_info: gatewayView(cloud, router),
  description: router.description,
  availability_zones: interfacesOf(cloud, router).length > 0 ? ['nova'] : [],
  ...(call.who.isAdmin && { distributed: false, ha: false }),
  availability_zone_hints: router.zoneHints,
  routes: router.routes,
  flavor_id: null,
  ...standardView(router),
});

function create(cloud: Cloud, call: Call): Router {
  // Routes are refused at creation: they need interfaces first.
  const body = bodyOf(
    call,
    'router',
    [...common, 'project_id', 'tenant_id', 'availability_zone_hints', 'flavor_id'],
    [...readOnly, 'routes'],
  );
  adminOnly(call, 'create', 'router', body, adminKeys);
  const projectId = projectFor(call, body, 'create_router');
  checkNetworkQuota(cloud, projectId, 'router');
  const router: Router = {
    ...newResource(projectId, body),
    revision: 1,
    adminStateUp: flagOf(body, 'admin_state_up') ?? true,
    routes: [],
    gateway: null,
    zoneHints: textsOf(body, 'availability_zone_hints') ?? [],
  };
  if (body['external_gateway_info'] !== undefined && body['external_gateway_info'] !== null)
    setGateway(cloud, call, router, body);
  return cloud.network.routers.add(router);
}

function setRoutes(cloud: Cloud, router: Router, body: JsonObject): void {
  const routes = (objectsOf(body, 'routes') ?? []).map((route) => ({
    destination: requiredText(route, 'destination'),
    nexthop: requiredText(route, 'nexthop'),
  }));
  const gatewayPort = router.gateway === null ? undefined : cloud.network.ports.get(router.gateway.portId);
  const ips = [...interfacesOf(cloud, router), ...(gatewayPort ? [gatewayPort] : [])].flatMap((port) => port.fixedIps);
  for (const route of routes) {
    const connected = ips.some((ip) => {
      const block = blockOf(cloud.network.subnets.get(ip.subnet_id)?.cidr ?? '');
      return block !== undefined && contains(block, route.nexthop);
    });
    const shown = `[{'destination': '${route.destination}', 'nexthop': '${route.nexthop}'}]`;
    if (!connected)
      throw neutron(
        400,
        'InvalidRoutes',
        `Invalid format for routes: ${shown}, the nexthop is not connected with router`,
      );
    if (ips.some((ip) => ip.ip_address === route.nexthop))
      throw neutron(400, 'InvalidRoutes', `Invalid format for routes: ${shown}, the nexthop is used by router`);
  }
  router.routes = routes;
}

function update(cloud: Cloud, call: Call): Router {
  const router = routerOf(cloud, call);
  const body = bodyOf(call, 'router', [...common, 'routes'], [...readOnly, 'project_id', 'tenant_id']);
  adminOnly(call, 'update', 'router', body, adminKeys);
  if ('external_gateway_info' in body) setGateway(cloud, call, router, body);
  if ('routes' in body) setRoutes(cloud, router, body);
  applyNames(router, body);
  router.adminStateUp = flagOf(body, 'admin_state_up') ?? router.adminStateUp;
  touch(router);
  return router;
}

function destroy(cloud: Cloud, router: Router): void {
  const interfaces = interfacesOf(cloud, router);
  if (interfaces.length > 0)
    throw neutron(
      409,
      'RouterInUse',
      `Router ${router.id} has ports still attached: ${interfaces.map((port) => port.id).join(', ')}`,
    );
  removeGatewayPort(cloud, router);
  cloud.network.routers.delete(router.id);
}

export const routerRoutes = (cloud: Cloud): Route[] => [
  get('/v2.0/routers', (call) =>
    ok(
      networkList(
        call,
        'routers',
        cloud.network.routers.filter((one) => owns(call, one)),
        (one) => view(cloud, call, one),
      ),
    ),
  ),
  post('/v2.0/routers', (call) => created({ router: view(cloud, call, create(cloud, call)) })),
  get('/v2.0/routers/{id}', (call) => ok({ router: chosenFields(view(cloud, call, routerOf(cloud, call)), call) })),
  put('/v2.0/routers/{id}', (call) => ok({ router: view(cloud, call, update(cloud, call)) })),
  remove('/v2.0/routers/{id}', (call) => {
    destroy(cloud, routerOf(cloud, call));
    return noContent();
  }),
  put('/v2.0/routers/{id}/add_router_interface', (call) => ok(addInterface(cloud, call, routerOf(cloud, call)))),
  put('/v2.0/routers/{id}/remove_router_interface', (call) => ok(removeInterface(cloud, call, routerOf(cloud, call)))),
];
