import { notFound } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { CallOptions, Query, ServiceClient, ServiceName } from './cloud.ts';
import { codeOf, errorOf, neverSent, outcomeUnknown, unreachable } from './http-errors.ts';
import type { Keystone } from './keystone.ts';
import { agreeMicroversion, atLeast } from './microversion.ts';
import { nextPage } from './paging.ts';
import { backOffMs, retryAfterMs, TRIES, waitFor } from './retry.ts';
import type { RawAnswer, Transport } from './transport.ts';

interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly options: CallOptions;
  readonly body?: string | Readable;
  readonly contentType?: string;
  /** May be made again when no answer came. */
  readonly repeatable: boolean;
}

const isMicroversioned = (name: ServiceName): name is 'compute' | 'volume' => name === 'compute' || name === 'volume';

/** See `ServiceClient`. */
export class HttpServiceClient implements ServiceClient {
  private agreed: Promise<string | undefined> | undefined;

  constructor(
    readonly name: ServiceName,
    private readonly transport: Transport,
    private readonly keystone: Keystone,
  ) {}

  microversion(): Promise<string | undefined> {
    if (!isMicroversioned(this.name)) return Promise.resolve(undefined);
    const name = this.name;
    this.agreed ??= agreeMicroversion(name, () =>
      this.call({ method: 'GET', path: '/', options: { microversion: '' }, repeatable: true }).then((a) => a.text()),
    ).catch((thrown: unknown) => {
      this.agreed = undefined; // Not remembered: the service may only have been away.
      throw thrown;
    });
    return this.agreed;
  }

  async supports(microversion: string): Promise<boolean> {
    return atLeast(await this.microversion(), microversion);
  }

  get<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.json<T>({ method: 'GET', path, options, repeatable: true });
  }

  async *list<T>(path: string, key: string, options: CallOptions = {}): AsyncGenerator<T> {
    let next: { path: string; options: CallOptions } | undefined = { path, options };
    const seen = new Set<string>();
    while (next) {
      const page: Record<string, unknown> = await this.get<Record<string, unknown>>(next.path, next.options);
      yield* (page[key] ?? []) as T[];
      next = nextPage(page, key, path, options);
      // A server that names the same page for ever must not keep us for ever.
      if (next && seen.has(JSON.stringify(next.options.query))) return;
      if (next) seen.add(JSON.stringify(next.options.query));
    }
  }

  post<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    return this.json<T>({
      method: 'POST',
      path,
      options,
      repeatable: false,
      body: JSON.stringify(body),
      contentType: 'application/json',
    });
  }

  put<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    return this.json<T>({
      method: 'PUT',
      path,
      options,
      repeatable: false,
      body: JSON.stringify(body),
      contentType: 'application/json',
    });
  }

  patch<T>(path: string, body: unknown, options: CallOptions & { readonly contentType?: string } = {}): Promise<T> {
    return this.json<T>({
      method: 'PATCH',
      path,
      options,
      repeatable: false,
      body: JSON.stringify(body),
      contentType: options.contentType ?? 'application/json',
    });
  }

  async delete(path: string, options: CallOptions = {}): Promise<boolean> {
    try {
      const answer = await this.call({ method: 'DELETE', path, options, repeatable: true });
      await answer.text().catch(() => ''); // The status says that it was taken; the body says nothing.
      return true;
    } catch (thrown) {
      if ((thrown as Partial<LifeboatError>).kind === 'not-found') return false;
      throw thrown;
    }
  }

  async download(
    path: string,
    options: CallOptions & { readonly from?: number } = {},
  ): Promise<{ readonly body: Readable; readonly size: number | undefined }> {
    const from = options.from ?? 0;
    const open = (range: Record<string, string>): Promise<RawAnswer> =>
      this.call({
        method: 'GET',
        path,
        options: { ...options, headers: { accept: 'application/octet-stream', ...range, ...options.headers } },
        repeatable: true,
      });
    if (from === 0) {
      const answer = await open({});
      const length = answer.header('content-length');
      return { body: answer.stream, size: length === undefined ? undefined : Number(length) };
    }
    // Glance on Ceph refuses ranges (400) instead of ignoring them.
    const answer = await open({ range: `bytes=${from}-` }).catch((thrown: unknown) => {
      if ((thrown as Partial<LifeboatError>).kind === 'invalid-input') return open({});
      throw thrown;
    });
    return { body: answer.status === 206 ? answer.stream : await skip(answer.stream, from), size: undefined };
  }

  async upload(path: string, body: Readable, options: CallOptions & { readonly size?: number } = {}): Promise<void> {
    const headers = {
      ...(options.size !== undefined && { 'content-length': String(options.size) }),
      ...options.headers,
    };
    const call: Call = {
      method: 'PUT',
      path,
      options: { ...options, headers },
      repeatable: false,
      body,
      contentType: 'application/octet-stream',
    };
    const answer = await this.call(call);
    await answer.text().catch((thrown: unknown) => {
      throw outcomeUnknown(this.facts(call), thrown);
    });
  }

  private async json<T>(call: Call): Promise<T> {
    for (let tries = 1; ; tries++) {
      const answer = await this.call(call);
      try {
        const text = await answer.text();
        return (text === '' ? undefined : JSON.parse(text)) as T;
      } catch (thrown) {
        // Cut off in the middle. A read is made again; of anything else nobody knows whether it happened.
        if (!call.repeatable) throw outcomeUnknown(this.facts(call), thrown);
        if (tries >= TRIES) throw unreachable(this.facts(call), thrown);
        await waitFor(backOffMs(tries, undefined), call.options.signal);
      }
    }
  }

  /** One call with all its tries; answers only success. */
  private async call(call: Call): Promise<RawAnswer> {
    let renewed = false;
    for (let tries = 1; ; tries++) {
      const { token, endpoints } = await this.keystone.session();
      const root = endpoints.get(this.name);
      if (!root)
        throw notFound('service-absent', `${this.transport.config.name} has no ${this.name} service.`, {
          data: { site: this.transport.config.name, service: this.name },
        });
      const answer = await this.attempt(call, tries, root, token);
      if (!answer) continue;
      if (answer.status < 300) return answer;
      const text = await answer.text().catch(() => ''); // Cut off in its middle an error still says its status.
      const retryAfter = answer.header('retry-after');
      const error = errorOf(this.facts(call), answer.status, text, answer.requestId, retryAfter);
      if (answer.status === 401 && !renewed && typeof call.body !== 'object') {
        renewed = true;
        this.keystone.refused(token);
        continue;
      }
      // Refused before it was handled: then even a create is safe to send again. A 5xx may come after the effect.
      const refused =
        answer.status === 429 ||
        (answer.status === 413 && retryAfter !== undefined) ||
        (answer.status === 503 && retryAfter !== undefined);
      const again = typeof call.body !== 'object' && (refused || (call.repeatable && error.retryable));
      if (!again || tries >= TRIES)
        throw !call.repeatable && answer.status >= 500 && !refused ? outcomeUnknown(this.facts(call), error) : error;
      await waitFor(backOffMs(tries, retryAfterMs(retryAfter)), call.options.signal);
    }
  }

  private async attempt(call: Call, tries: number, root: string, token: string): Promise<RawAnswer | undefined> {
    const version = call.options.microversion ?? (await this.microversion());
    try {
      return await this.transport.exchange({
        service: this.name,
        method: call.method,
        path: call.path,
        url: urlOf(root, call.path, call.options.query, version === '' && this.name !== 'image'),
        headers: {
          'x-auth-token': token,
          ...versionHeaders(this.name, version),
          ...(call.contentType && { 'content-type': call.contentType }),
          ...call.options.headers,
        },
        ...(call.body !== undefined && { body: call.body }),
        signal: call.options.signal,
      });
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.cause : undefined;
      if (call.options.signal?.aborted || codeOf(cause) === undefined) throw thrown;
      const safe = neverSent(cause);
      if (!call.repeatable && !safe) throw outcomeUnknown(this.facts(call), thrown);
      // Not reachable at all is said soon (the breaker remembers); a broken connection is worth all tries.
      if (typeof call.body === 'object' || tries >= (safe ? 2 : TRIES)) throw thrown;
      await waitFor(backOffMs(tries, undefined), call.options.signal);
      return undefined;
    }
  }

  private facts(call: Call): { site: string; service: ServiceName; method: string; path: string } {
    return { site: this.transport.config.name, service: this.name, method: call.method, path: call.path };
  }
}

function versionHeaders(name: ServiceName, version: string | undefined): Record<string, string> {
  if (!version || !isMicroversioned(name)) return {};
  return {
    'openstack-api-version': `${name} ${version}`,
    ...(name === 'compute' && { 'x-openstack-nova-api-version': version }),
  };
}

/** `discovery`: the version document stands at the root of the version, above the project. */
function urlOf(root: string, path: string, query: Query | undefined, discovery: boolean): string {
  const url = new URL(discovery ? `${/^.*\/v\d+(\.\d+)?/.exec(root)?.[0] ?? root}/` : `${root}${path}`);
  for (const [key, value] of Object.entries(query ?? {}))
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (one !== undefined) url.searchParams.append(key, String(one));
  return url.href;
}

/** For servers that know no Range: reads over what was had already. */
async function skip(stream: Readable, bytes: number): Promise<Readable> {
  let left = bytes;
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (chunk.length > left) {
      stream.unshift(chunk.subarray(left));
      return stream;
    }
    left -= chunk.length;
    if (left === 0) return stream;
  }
  return stream;
}
