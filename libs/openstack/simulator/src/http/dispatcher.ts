import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cloud } from '../cloud.ts';
import type { Controls } from '../control/control-routes.ts';
import type { LoggedRequest } from '../control/request-log.ts';
import { firstOf } from '../faults/fault-plan.ts';
import type { Fault } from '../faults/fault.ts';
import { callerOf } from '../identity/authenticate.ts';
import { requestId as newRequestId } from '../state/identifiers.ts';
import type { Answer, Call, Caller, Route } from './call.ts';
import { asObject } from './fields.ts';
import { isJson, readJson } from './read-body.ts';
import { Refusal } from './refusal.ts';
import { Router, type Found } from './router.ts';
import { send } from './send.ts';
import type { Service } from './service.ts';

const nobody: Caller = {
  tokenId: '',
  userId: '',
  userName: '',
  projectId: '',
  projectName: '',
  roles: new Set(),
  isAdmin: false,
};

/** What is settled about a call before its body is read. */
type Known = Pick<Call, 'path' | 'who' | 'minor' | 'requestId' | 'listLagMs'>;

interface Mounted {
  readonly service: Service;
  readonly router: Router;
}

/** Brings a request to its handler and the answer back, with whatever faults are programmed in between. */
export class Dispatcher {
  private readonly cloud: Cloud;
  private readonly controls: Controls;
  private readonly mounted: readonly Mounted[];
  private readonly control: Router;
  private readonly onError: (error: unknown) => void;

  constructor(
    cloud: Cloud,
    services: readonly Service[],
    control: readonly Route[],
    controls: Controls,
    onError: (error: unknown) => void,
  ) {
    this.cloud = cloud;
    this.controls = controls;
    this.mounted = services.map((service) => ({ service, router: new Router(service.routes) }));
    this.control = new Router(control);
    this.onError = onError;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://simulator');
    try {
      if (url.pathname.startsWith('/simulator')) await this.handleControl(request, response, url);
      else if (this.controls.faults.presence === 'here') await this.handleService(request, response, url);
      // A cloud that is gone takes the connection and says nothing; that it was asked is on record.
      else this.controls.log.begin(request.method ?? 'GET', url.pathname + url.search, newRequestId());
    } catch (error) {
      if (!response.destroyed && !request.destroyed) this.onError(error);
      response.destroy();
    }
  }

  private async handleControl(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = url.pathname.slice('/simulator'.length);
    const found = this.control.find(request.method ?? 'GET', path);
    if (found === undefined || found === 'method') {
      await send(response, { status: 404, body: { error: `No such control: ${request.method} ${path}` } }, {}, false);
      return;
    }
    try {
      const call = await this.callFor(request, url, found, {
        path,
        who: nobody,
        minor: 0,
        requestId: '',
        listLagMs: 0,
      });
      await send(response, await found.route.handle(call), {}, false);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await send(response, { status: error.status, body: { error: error.message } }, {}, false);
    }
  }

  private mountedAt(path: string): Mounted | undefined {
    return this.mounted.find(({ service }) => path === service.prefix || path.startsWith(`${service.prefix}/`));
  }

  private async handleService(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const id = newRequestId();
    const entry = this.controls.log.begin(request.method ?? 'GET', url.pathname + url.search, id);
    const faults = this.controls.faults.strike(entry.method, entry.path);
    const latency = firstOf(faults, 'latency');
    if (latency !== undefined) await sleep(latency.ms ?? 1000);
    if (firstOf(faults, 'hang-before') !== undefined) return;
    if (firstOf(faults, 'reset-before') !== undefined) {
      request.socket.destroy();
      return;
    }
    const mounted = this.mountedAt(url.pathname);
    if (mounted === undefined) {
      await send(response, { status: 404, body: '404 Not Found' }, { 'x-openstack-request-id': id }, false);
      return;
    }
    const { answer, minor } = await this.answerOf(request, url, mounted, entry, faults);
    entry.status = answer.status;
    entry.ms = Date.now() - entry.at;
    if (firstOf(faults, 'hang-after') !== undefined) return;
    if (firstOf(faults, 'reset-after') !== undefined) {
      request.socket.destroy();
      return;
    }
    const headers = { 'x-openstack-request-id': id, ...mounted.service.answerHeaders?.(minor, id) };
    // Without reading the rest of a refused upload the connection cannot be used again.
    if (!request.complete) response.setHeader('connection', 'close');
    await send(
      response,
      request.method === 'HEAD'
        ? { status: answer.status, ...(answer.headers && { headers: answer.headers }) }
        : answer,
      headers,
      firstOf(faults, 'truncate') !== undefined,
    );
  }

  private async answerOf(
    request: IncomingMessage,
    url: URL,
    mounted: Mounted,
    entry: LoggedRequest,
    faults: readonly Fault[],
  ): Promise<{ answer: Answer; minor: number }> {
    const { service } = mounted;
    let minor = 0;
    try {
      this.refuseByFault(service, faults);
      minor = service.negotiate?.(request.headers) ?? 0;
      const path = url.pathname.slice(service.prefix.length) || '/';
      const found = mounted.router.find(request.method ?? 'GET', path);
      const who = this.whoCalls(request, found, entry);
      if (found === undefined) throw new Refusal(404, 'The resource could not be found.');
      if (found === 'method') throw new Refusal(405, 'The method is not allowed for this resource.');
      const listLagMs = firstOf(faults, 'list-lag')?.ms ?? 0;
      const call = await this.callFor(request, url, found, { path, who, minor, requestId: entry.requestId, listLagMs });
      return { answer: await found.route.handle(call), minor };
    } catch (error) {
      if (request.destroyed && !request.complete) throw error;
      const refusal = error instanceof Refusal ? error : this.unexpected(error);
      return {
        answer: service.renderRefusal(refusal, { headers: request.headers, minor, requestId: entry.requestId }),
        minor,
      };
    }
  }

  private unexpected(error: unknown): Refusal {
    this.onError(error);
    return new Refusal(500, 'The server has either erred or is incapable of performing the requested operation.');
  }

  private refuseByFault(service: Service, faults: readonly Fault[]): void {
    const error = firstOf(faults, 'error', 'rate-limit');
    if (error !== undefined) {
      const limited = error.kind === 'rate-limit';
      const wait = error.retryAfterSeconds ?? (limited ? 1 : undefined);
      throw new Refusal(
        error.status ?? (limited ? 429 : 500),
        error.message ?? (limited ? 'This request was rate-limited.' : 'Unexpected API Error.'),
        { headers: wait === undefined ? {} : { 'retry-after': String(wait) } },
      );
    }
    const seconds = this.controls.rateLimit.wait(service.name);
    if (seconds > 0)
      throw new Refusal(429, 'This request was rate-limited.', { headers: { 'retry-after': String(seconds) } });
  }

  private whoCalls(request: IncomingMessage, found: Found | 'method' | undefined, entry: LoggedRequest): Caller {
    if (typeof found === 'object' && found.route.open === true) return nobody;
    const token = request.headers['x-auth-token'];
    const who = callerOf(this.cloud, typeof token === 'string' ? token : undefined);
    entry.user = who.userName;
    entry.project = who.projectName;
    return who;
  }

  private async callFor(request: IncomingMessage, url: URL, found: Found, known: Known): Promise<Call> {
    const rawJson = isJson(request) ? await readJson(request) : undefined;
    return {
      ...known,
      method: request.method ?? 'GET',
      params: found.params,
      query: url.searchParams,
      headers: request.headers,
      body: asObject(rawJson),
      rawJson,
      stream: request,
      origin: this.cloud.origin,
    };
  }
}
