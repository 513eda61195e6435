import { openCloud } from '@lifeboat/openstack-client';
import type { Cloud } from '@lifeboat/openstack-client';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const ROOT = '/swift/v1/AUTH_p';

export interface PlayedSwift {
  readonly cloud: Cloud;
  /** By container and name: `bundles/shop/one/calls.json`. */
  readonly objects: Map<string, string>;
  stop(): Promise<void>;
}

/** A cloud of which only Keystone and an object store answer, as Swift's reference says. */
export async function playSwift(): Promise<PlayedSwift> {
  const objects = new Map<string, string>();
  const containers = new Set<string>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://swift');
      const answer = (status: number, json?: unknown): void =>
        void response.writeHead(status, { 'x-subject-token': 't' }).end(json === undefined ? '' : JSON.stringify(json));
      if (pathname.endsWith('/auth/tokens')) return answer(201, token(`http://${request.headers.host}`));
      const path = decodeURIComponent(pathname.slice(ROOT.length + 1));
      const [container = '', ...rest] = path.split('/');
      if (request.method === 'PUT' && rest.length === 0) return answer((containers.add(container), 201));
      if (!containers.has(container)) return answer(404);
      if (request.method === 'PUT') return answer((objects.set(path, body), 201));
      if (request.method === 'DELETE') return answer(objects.delete(path) ? 204 : 404);
      const object = objects.get(path);
      if (object !== undefined) return void response.writeHead(200).end(object);
      const names = [...objects.keys()].filter((one) => one.startsWith(`${container}/`));
      return answer(
        200,
        listed(
          names.map((one) => one.slice(container.length + 1)),
          searchParams,
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const project = { name: 'shop', domain: 'Default' };
  const cloud = openCloud({
    name: 'beta',
    authUrl: `${url}/identity`,
    region: 'R',
    interface: 'public',
    caFile: undefined,
    verify: true,
    auth: { type: 'password', username: 'ann', password: 'secret', userDomain: 'Default', project },
  });
  const stop = async (): Promise<void> => {
    await cloud.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return { cloud, objects, stop };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** What begins with the prefix and comes after the marker, two at a time. */
function listed(names: readonly string[], query: URLSearchParams): readonly object[] {
  const [prefix, marker] = [query.get('prefix') ?? '', query.get('marker') ?? ''];
  const fitting = names.filter((name) => name.startsWith(prefix) && name > marker).toSorted();
  return fitting.slice(0, 2).map((name) => ({ name, bytes: 0 }));
}

const token = (url: string): unknown => ({
  token: {
    issued_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    user: { id: 'u' },
    project: { id: 'p', name: 'shop' },
    roles: [{ name: 'member' }],
    catalog: [
      {
        type: 'object-store',
        endpoints: [{ interface: 'public', region: 'R', region_id: 'R', url: `${url}${ROOT}` }],
      },
    ],
  },
});
