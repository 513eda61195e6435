import type { Cloud } from '../cloud.ts';
import { accepted, get, noContent, ok, post, put, remove, type Answer, type Call, type Route } from '../http/call.ts';
import { requiredObject, textOf } from '../http/fields.ts';
import { badRequest, notFound } from '../http/refusal.ts';
import { microsTime } from '../state/identifiers.ts';
import { metadataRoutes } from '../volume/metadata-routes.ts';
import { needUnlocked, serverOf } from './compute-policy.ts';
import type { Server } from './compute-state.ts';
import { serverAction } from './server-actions.ts';
import { createServer } from './server-create.ts';
import { deleteServer } from './server-delete.ts';
import { listServers } from './server-list.ts';
import { addressesOf, groupNames, links, serverView } from './server-view.ts';

function create(cloud: Cloud, call: Call): Answer {
  const server = createServer(cloud, call);
  return accepted(
    {
      server: {
        id: server.id,
        links: links(call, 'servers', server.id),
        'OS-DCF:diskConfig': 'MANUAL',
        security_groups:
          server.requestedGroups.length > 0 ? server.requestedGroups.map((name) => ({ name })) : [{ name: 'default' }],
        adminPass: 'RkW5vGwNdTz9',
      },
    },
    { location: `${call.origin}/compute/v2.1/servers/${server.id}` },
  );
}

function update(cloud: Cloud, call: Call): Server {
  const server = serverOf(cloud, call);
  const body = requiredObject(call.body, 'server');
  if ('description' in body && call.minor < 19)
    throw badRequest(
      "Invalid input for field/attribute server. Additional properties are not allowed ('description' was unexpected)",
    );
  server.name = textOf(body, 'name') ?? server.name;
  if ('description' in body) server.description = textOf(body, 'description') ?? null;
  server.updated = Date.now();
  return server;
}

/** The list of addresses alone says less than the server does. */
const briefAddresses = (all: ReturnType<typeof addressesOf>): unknown =>
  Object.fromEntries(
    Object.entries(all).map(([name, list]) => [name, list.map(({ version, addr }) => ({ version, addr }))]),
  );

const actionView = (server: Server): unknown[] =>
  server.actions.map((one) => ({
    action: one.action,
    instance_uuid: server.id,
    request_id: one.requestId,
    user_id: one.userId,
    project_id: server.projectId,
    start_time: microsTime(one.at),
    message: null,
    updated_at: microsTime(one.at),
  }));

const groupViews = (cloud: Cloud, server: Server): unknown[] => {
  const names = new Set(groupNames(cloud, server).map((one) => one.name));
  return cloud.network.groups
    .filter((group) => group.projectId === server.projectId && names.has(group.name))
    .map((group) => ({
      id: group.id,
      name: group.name,
      description: group.description,
      tenant_id: group.projectId,
      rules: [],
    }));
};

export const serverRoutes = (cloud: Cloud): Route[] => [
  get('/v2.1/servers', (call) => ok(listServers(cloud, call, false))),
  get('/v2.1/servers/detail', (call) => ok(listServers(cloud, call, true))),
  post('/v2.1/servers', (call) => create(cloud, call)),
  get('/v2.1/servers/{id}', (call) => ok({ server: serverView(cloud, call, serverOf(cloud, call), true) })),
  put('/v2.1/servers/{id}', (call) => ok({ server: serverView(cloud, call, update(cloud, call)) })),
  remove('/v2.1/servers/{id}', (call) => {
    const server = serverOf(cloud, call);
    needUnlocked(server, call.who);
    deleteServer(cloud, server);
    return noContent();
  }),
  post('/v2.1/servers/{id}/action', (call) => serverAction(cloud, call)),
  ...metadataRoutes(
    '/v2.1/servers/{id}/metadata',
    (call) => serverOf(cloud, call),
    () => 'Metadata item was not found',
    204,
  ),
  get('/v2.1/servers/{id}/ips', (call) => ok({ addresses: briefAddresses(addressesOf(cloud, serverOf(cloud, call))) })),
  get('/v2.1/servers/{id}/os-instance-actions', (call) => ok({ instanceActions: actionView(serverOf(cloud, call)) })),
  get('/v2.1/servers/{id}/os-security-groups', (call) =>
    ok({ security_groups: groupViews(cloud, serverOf(cloud, call)) }),
  ),
  get('/v2.1/servers/{id}/migrations', (call) => {
    if (call.minor < 23) throw notFound('The resource could not be found.');
    return ok({ migrations: [] });
  }),
];
