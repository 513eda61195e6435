import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator, type Simulator, type SimulatorOptions } from '../start-simulator.ts';

type Json = Record<string, unknown>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly text: string;
}

interface CallOptions {
  readonly body?: unknown;
  readonly microversion?: string;
  readonly headers?: Record<string, string>;
}

/** A plain fetch as one user: for specs, which look at what goes over the wire. */
export class SpecClient {
  readonly url: string;
  readonly token: string;
  readonly projectId: string;
  readonly userId: string;

  constructor(url: string, token: string, projectId: string, userId: string) {
    this.url = url;
    this.token = token;
    this.projectId = projectId;
    this.userId = userId;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
    const raw = options.body instanceof Uint8Array || options.body instanceof ReadableStream;
    const service = path.split('/')[1];
    const response = await fetch(this.url + path.replace('{p}', this.projectId), {
      method,
      headers: {
        accept: 'application/json',
        'x-auth-token': this.token,
        ...(options.body !== undefined && { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
        ...(options.microversion && { 'openstack-api-version': `${service} ${options.microversion}` }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: raw ? options.body : JSON.stringify(options.body), duplex: 'half' }),
    } as RequestInit);
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, headers: response.headers, text, body: json ? (JSON.parse(text) as Json) : {} };
  }

  get = (path: string, options?: CallOptions): Promise<Reply> => this.call('GET', path, options);
  post = (path: string, body: unknown, options?: CallOptions): Promise<Reply> =>
    this.call('POST', path, { ...options, body });
  put = (path: string, body: unknown, options?: CallOptions): Promise<Reply> =>
    this.call('PUT', path, { ...options, body });
  delete = (path: string, options?: CallOptions): Promise<Reply> => this.call('DELETE', path, options);

  /** The object under `key` of the answer to a POST that must succeed. */
  async make(path: string, key: string, body: Json, options?: CallOptions): Promise<Json & { id: string }> {
    const reply = await this.post(path, key === '' ? body : { [key]: body }, options);
    if (reply.status >= 300) throw new Error(`POST ${path}: ${reply.status} ${reply.text}`);
    return (key === '' ? reply.body : reply.body[key]) as Json & { id: string };
  }

  /** Reads until `wanted` says yes; answers what was read last. */
  async until(path: string, key: string, wanted: (object: Json) => boolean, options?: CallOptions): Promise<Json> {
    for (let attempt = 0; attempt < 400; attempt += 1) {
      const reply = await this.get(path, options);
      const object = (key === '' ? reply.body : (reply.body[key] ?? { status: `${reply.status}` })) as Json;
      if (wanted(object)) return object;
      await sleep(5);
    }
    throw new Error(`${path} never came to be as wanted`);
  }

  status = (path: string, key: string, status: string): Promise<Json> =>
    this.until(path, key, (object) => object['status'] === status);

  async gone(path: string): Promise<void> {
    await this.until(path, 'nothing', (object) => object['status'] === '404');
  }

  volume = (body: Json): Promise<Json & { id: string }> => this.make('/volume/v3/{p}/volumes', 'volume', body);

  /** Creates a volume and waits until it can be used. */
  async readyVolume(body: Json): Promise<string> {
    const { id } = await this.volume(body);
    await this.status(`/volume/v3/{p}/volumes/${id}`, 'volume', 'available');
    return id;
  }
}

/** A cloud small and quick enough for specs: a GiB is one MiB, asynchronous changes take 2 ms, guests are silent. */
export const startSpecCloud = (options: SimulatorOptions = {}): Promise<Simulator> =>
  startSimulator({ gibBytes: 1024 ** 2, imageBytes: 512 * 1024, delayMs: 2, guestEveryMs: 0, ...options });

export async function login(
  url: string,
  username = 'demo',
  project: string = username,
  password = 'lifeboat',
): Promise<SpecClient> {
  const domain = { id: 'default' };
  const response = await fetch(`${url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: username, domain, password } } },
        scope: { project: { name: project, domain } },
      },
    }),
  });
  if (response.status !== 201) throw new Error(`no token: ${response.status} ${await response.text()}`);
  const { token } = (await response.json()) as { token: { project: { id: string }; user: { id: string } } };
  return new SpecClient(url, response.headers.get('x-subject-token') ?? '', token.project.id, token.user.id);
}
