import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudConfig } from '../cloud.ts';

export interface Heard {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** ms. */
  readonly at: number;
}

export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer; `reset`: the connection is cut after the request was read; `silence`: no answer ever; or whatever a function does. */
export type Act = Answer | 'reset' | 'silence' | ((request: Heard, response: ServerResponse) => void);

export interface PlayedCloud {
  readonly url: string;
  readonly config: CloudConfig;
  readonly heard: Heard[];
  /** How often a connection was made. */
  readonly connections: () => number;
  readonly authentications: () => number;
  /** Answers the next token, for a spec that keeps whoever asks waiting. */
  grant(response: ServerResponse): void;
  /** What follows one another on `METHOD /path`, without the query; the last is repeated. */
  on(route: string, ...acts: readonly Act[]): void;
  /** Answers, or not even that, as soon as the head of a request is there, whatever is still being sent, and closes the connection. */
  refuseEarly(route: string, status: number | 'cut'): void;
  /** Requests of a route, in order. */
  of(route: string): readonly Heard[];
  /** The body of the next tokens, over the ordinary one. */
  token(over: Readonly<Record<string, unknown>>): void;
  stop(): Promise<void>;
}

export const PASSWORD = 'correct-horse';
const PROJECT = '0123456789abcdef0123456789abcdef';
const HOUR_MS = 3_600_000;

const catalog = (url: string): unknown =>
  Object.entries({
    identity: '/identity',
    compute: '/compute/v2.1',
    image: '/image',
    network: '/network',
    volumev3: `/volume/v3/${PROJECT}`,
  }).map(([type, path]) => ({
    type,
    endpoints: [{ interface: 'public', region: 'R', region_id: 'R', url: `${url}${path}` }],
  }));

async function heardOf(request: IncomingMessage): Promise<Heard> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = '', url = '', headers } = request;
  return { method, url, headers, body: Buffer.concat(chunks).toString(), at: Date.now() };
}

const NOTHING: Act = { status: 404, json: { itemNotFound: { message: 'nothing there', code: 404 } } };

function nextAct(routes: ReadonlyMap<string, Act[]>, { method, url }: Heard): Act {
  const acts = routes.get(`${method} ${url.split('?')[0] ?? ''}`);
  return (acts && acts.length > 1 ? acts.shift() : acts?.[0]) ?? NOTHING;
}

function perform(act: Act, heard: Heard, response: ServerResponse): void {
  if (act === 'silence') return;
  if (act === 'reset') return void response.socket?.resetAndDestroy();
  if (typeof act === 'function') return act(heard, response);
  const body = act.json === undefined ? (act.text ?? '') : JSON.stringify(act.json);
  response.writeHead(act.status ?? 200, { 'content-type': 'application/json', ...act.headers }).end(body);
}

const TOKENS = 'POST /identity/v3/auth/tokens';
const VERSIONS = {
  'GET /compute/v2.1/': { version: { id: 'v2.1', version: '2.93', min_version: '2.1', status: 'CURRENT' } },
  'GET /volume/v3/': { versions: [{ id: 'v3.0', version: '3.70', min_version: '3.0', status: 'CURRENT' }] },
};

const tokenFor = (url: string): Readonly<Record<string, unknown>> => ({
  issued_at: new Date().toISOString(),
  expires_at: new Date(Date.now() + HOUR_MS).toISOString(),
  user: { id: 'user' },
  project: { id: PROJECT, name: 'shop' },
  roles: [{ name: 'member' }],
  catalog: catalog(url),
});

const configFor = (url: string): CloudConfig => ({
  name: 'alpha',
  authUrl: `${url}/identity`,
  region: 'R',
  interface: 'public',
  caFile: undefined,
  verify: true,
  auth: {
    type: 'password',
    username: 'ann',
    password: PASSWORD,
    userDomain: 'Default',
    project: { name: 'shop', domain: 'Default' },
  },
});

/** A server that says what a spec wants OpenStack to say; Keystone and the version documents behave unless told otherwise. */
export async function playCloud(): Promise<PlayedCloud> {
  const routes = new Map<string, Act[]>();
  const early = new Map<string, number | 'cut'>();
  const heard: Heard[] = [];
  let connections = 0;
  const hear = (one: Heard, response: ServerResponse): void => {
    heard.push(one);
    perform(nextAct(routes, one), one, response);
  };
  const server = createServer((request, response) => {
    const refused = early.get(`${request.method} ${request.url}`);
    if (refused === 'cut') return void request.socket.destroy();
    if (refused !== undefined) return void response.writeHead(refused, { connection: 'close' }).end('refused early');
    // Who gives up while sending is not heard.
    void heardOf(request).then(
      (one) => hear(one, response),
      () => undefined,
    );
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let tokens = 0;
  let over: Readonly<Record<string, unknown>> = {};
  const grant = (response: ServerResponse): void =>
    void response
      .writeHead(201, { 'x-subject-token': `token-${++tokens}` })
      .end(JSON.stringify({ token: { ...tokenFor(url), ...over } }));
  routes.set(TOKENS, [(_, response) => grant(response)]);
  for (const [route, json] of Object.entries(VERSIONS)) routes.set(route, [{ json }]);
  const of = (route: string): Heard[] =>
    heard.filter((one) => `${one.method} ${one.url.split('?')[0] ?? ''}` === route);
  return {
    url,
    heard,
    of,
    config: configFor(url),
    connections: () => connections,
    grant,
    authentications: () => of(TOKENS).length,
    refuseEarly: (route, status) => void early.set(route, status),
    on: (route, ...acts) => void routes.set(route, [...acts]),
    token: (wanted) => (over = wanted),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
