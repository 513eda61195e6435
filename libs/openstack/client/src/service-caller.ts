import { notFound, unavailable } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { CallOptions, Query, ServiceName } from './cloud.ts';
import { errorOf, outcomeUnknown } from './http-errors.ts';
import type { CallFacts } from './http-errors.ts';
import type { Keystone } from './keystone.ts';
import { lostError, NoAnswer } from './no-answer.ts';
import { parsedAnswer } from './parsed-answer.ts';
import { backOffMs, LONGEST_ASKED_MS, REFUSALS, refusedUnhandled, retryAfterMs, TRIES, waitFor } from './retry.ts';
import { secretsIn } from './secrets.ts';
import type { RawAnswer, Transport } from './transport.ts';

export interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly options: CallOptions;
  readonly body?: string | Readable;
  readonly contentType?: string;
  /** May be made again when no answer came. */
  readonly repeatable: boolean;
  /** Asks for the version document, which stands above the project. */
  readonly discovery?: true;
  /** Was sent on once already. */
  readonly moved?: true;
}

/** Makes the calls of one service: with a token, at a microversion, again where that is safe, and with our errors. */
export class ServiceCaller {
  constructor(
    private readonly name: ServiceName,
    private readonly transport: Transport,
    private readonly keystone: Keystone,
    private readonly microversion: (signal: AbortSignal | undefined) => Promise<string | undefined>,
  ) {}

  async json<T>(call: Call): Promise<T> {
    for (let tries = 1; ; tries++) {
      const answer = await this.call(call);
      try {
        const text = await answer.text();
        return (text === '' ? undefined : parsedAnswer(text)) as T;
      } catch (thrown) {
        if (call.options.signal?.aborted) throw thrown;
        // Cut off in the middle. A read is made again; of anything else nobody knows whether it happened.
        const lost = lostError({ ...this.facts(call), ...requestIdOf(answer) }, thrown);
        if (!call.repeatable) throw outcomeUnknown(this.facts(call), lost);
        if (tries >= TRIES) throw lost;
        await waitFor(backOffMs(tries, undefined), call.options.signal);
      }
    }
  }

  /** One call with all its tries; answers only success. */
  async call(call: Call): Promise<RawAnswer> {
    const version = call.discovery
      ? undefined
      : (call.options.microversion ?? (await this.microversion(call.options.signal)));
    let renewed = false;
    for (let tries = 1; ; tries++) {
      const { token, endpoints } = await this.keystone.session(call.options.signal);
      const root = endpoints.get(this.name);
      if (!root) throw this.absent();
      const answer = await this.attempt(call, tries, urlOf(root, call), {
        'x-auth-token': token,
        ...versionHeaders(this.name, version),
      });
      if (!answer) continue;
      if (answer.status < 300) return answer;
      const path = movedTo(root, call, answer);
      if (path !== undefined) {
        await answer.text().catch(() => ''); // Where it is stands in the head.
        return this.call({ ...call, path, moved: true });
      }
      const error = await this.errorIn(call, answer, token);
      if (answer.status === 401) {
        this.keystone.refused(token);
        // The bytes may be half gone; but another upload would come with a new token.
        if (isStream(call.body)) throw unavailable('openstack-unavailable', error.message, { data: error.data });
        if (!renewed) {
          renewed = true;
          continue;
        }
      }
      await this.waitOrGiveUp(call, tries, answer, error);
    }
  }

  /** Answers nothing when there was no answer and the call may be made again. */
  private async attempt(
    call: Call,
    tries: number,
    url: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<RawAnswer | undefined> {
    try {
      return await this.transport.exchange({
        service: this.name,
        method: call.method,
        path: call.path,
        url,
        headers: {
          ...headers,
          ...(call.contentType && { 'content-type': call.contentType }),
          ...call.options.headers,
        },
        ...(call.body !== undefined && { body: call.body }),
        signal: call.options.signal,
        tries,
      });
    } catch (thrown) {
      if (!(thrown instanceof NoAnswer)) throw thrown;
      if (!call.repeatable && thrown.sent) throw outcomeUnknown(this.facts(call), thrown.error);
      if (isStream(call.body) || tries >= thrown.worth) throw thrown.error;
      await waitFor(backOffMs(tries, undefined), call.options.signal);
      return undefined;
    }
  }

  private async errorIn(call: Call, answer: RawAnswer, token: string): Promise<LifeboatError> {
    const text = await answer.text().catch(() => ''); // Cut off in its middle an error still says its status.
    const secrets = [token, ...secretsIn(call.body)];
    return errorOf(this.facts(call), answer.status, text, answer.requestId, answer.header('retry-after'), secrets);
  }

  private async waitOrGiveUp(call: Call, tries: number, answer: RawAnswer, error: LifeboatError): Promise<void> {
    const retryAfter = answer.header('retry-after');
    const asked = retryAfterMs(retryAfter);
    const unhandled = refusedUnhandled(answer.status, retryAfter);
    const bearable = (asked ?? 0) <= LONGEST_ASKED_MS;
    const paused = unhandled && asked !== undefined && asked > 0 && bearable && answer.status !== 503;
    if (paused) this.transport.pause(this.name, asked);
    const again = error.retryable && (unhandled || call.repeatable) && bearable && !isStream(call.body);
    if (!again || tries >= (paused ? REFUSALS : TRIES))
      throw !call.repeatable && answer.status >= 500 && !unhandled ? outcomeUnknown(this.facts(call), error) : error;
    // It waits with all others then, and goes when they do.
    if (!paused) await waitFor(backOffMs(tries, asked), call.options.signal);
  }

  private absent(): LifeboatError {
    const site = this.transport.config.name;
    return notFound('service-absent', `${site} has no ${this.name} service.`, { data: { site, service: this.name } });
  }

  facts(call: Call): CallFacts {
    return { site: this.transport.config.name, service: this.name, method: call.method, path: call.path };
  }
}

const isStream = (body: Call['body']): body is Readable => typeof body === 'object';

const requestIdOf = ({ requestId }: RawAnswer): { readonly requestId?: string } => (requestId ? { requestId } : {});

/**
 * Where a read is sent on to: Designate answers so for a record set whose zone it was not told. Only the path below the version is taken over, as
 * hosts in links are often those behind a proxy.
 */
function movedTo(root: string, call: Call, answer: RawAnswer): string | undefined {
  const location = answer.header('location');
  if (call.method !== 'GET' || call.moved || ![301, 302, 307, 308].includes(answer.status) || !location)
    return undefined;
  const version = /\/v\d+(\.\d+)?(\/.*)?$/.exec(new URL(root).pathname)?.[0];
  const { pathname } = new URL(location, root);
  const at = version === undefined ? -1 : pathname.indexOf(`${version}/`);
  return version === undefined || at < 0 ? undefined : pathname.slice(at + version.length);
}

function versionHeaders(name: ServiceName, version: string | undefined): Record<string, string> {
  if (!version || (name !== 'compute' && name !== 'volume')) return {};
  return {
    'openstack-api-version': `${name} ${version}`,
    ...(name === 'compute' && { 'x-openstack-nova-api-version': version }),
  };
}

function urlOf(root: string, { path, options, discovery }: Call): string {
  const url = new URL(discovery ? `${/^.*\/v\d+(\.\d+)?/.exec(root)?.[0] ?? root}/` : `${root}${path}`);
  for (const [key, value] of Object.entries<Query[string]>(options.query ?? {}))
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (one !== undefined) url.searchParams.append(key, String(one));
  return url.href;
}
