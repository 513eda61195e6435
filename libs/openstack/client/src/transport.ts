import { LifeboatError } from '@lifeboat/kernel';
import { metrics } from './metrics.ts';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { bulkhead } from 'cockatiel';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { Breaker } from './breaker.ts';
import type { CloudConfig, ServiceName } from './cloud.ts';
import { codeOf, unreachable } from './http-errors.ts';

const CONNECT_MS = 5_000;
const ANSWER_MS = 60_000;
const STALL_MS = 120_000;
const CONCURRENT = 8;
const WAITING = 10_000;
/** Shorter than any server's, so that a connection which the other side is about to close is not used again. */
const KEEP_ALIVE_MS = 2_000;

export interface RawCall {
  readonly service: ServiceName | 'keystone';
  readonly method: Dispatcher.HttpMethod;
  /** For spans and errors: ids are fine, secrets never are. */
  readonly path: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  readonly signal?: AbortSignal | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly requestId: string | undefined;
  header(name: string): string | undefined;
  text(): Promise<string>;
  readonly stream: Readable;
}

export interface TransportOptions {
  /** Forbids every connection while it answers an error. */
  readonly offLimits?: (() => LifeboatError | undefined) | undefined;
  readonly userAgent?: string | undefined;
  readonly concurrency?: number | undefined;
}

const tracer = trace.getTracer('lifeboat-openstack');
const idsInPath = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g;

/** The one place where connections to a site are made: limits, time-outs, the breaker, the off-limits switch and the span of a call. */
export class Transport {
  private readonly agent: Agent;
  private readonly breaker = new Breaker();
  private readonly limits = new Map<string, ReturnType<typeof bulkhead>>();

  constructor(
    readonly config: CloudConfig,
    private readonly options: TransportOptions,
  ) {
    this.agent = new Agent({
      connect: {
        timeout: CONNECT_MS,
        rejectUnauthorized: config.verify,
        ...(config.caFile && { ca: readFileSync(config.caFile) }),
      },
      headersTimeout: ANSWER_MS,
      bodyTimeout: STALL_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /** One HTTP exchange up to its headers. Throws `unavailable` `site-unreachable` with the reason as cause; every answer is returned, good or bad. */
  exchange(call: RawCall): Promise<RawAnswer> {
    const limit = this.limits.get(call.service) ?? bulkhead(this.options.concurrency ?? CONCURRENT, WAITING);
    this.limits.set(call.service, limit);
    return limit.execute(() => this.traced(call));
  }

  private async traced(call: RawCall): Promise<RawAnswer> {
    const offLimits = this.options.offLimits?.();
    if (offLimits) throw offLimits;
    this.breaker.check();
    const name = `${call.service} ${call.method} ${call.path.split('?')[0]?.replace(idsInPath, '{id}') ?? ''}`;
    return tracer.startActiveSpan(
      name,
      { kind: SpanKind.CLIENT, attributes: { 'openstack.site': this.config.name, 'http.request.method': call.method } },
      async (span) => {
        const began = performance.now();
        try {
          const answer = await this.send(call);
          span.setAttributes({
            'http.response.status_code': answer.status,
            ...(answer.requestId && { 'openstack.request_id': answer.requestId }),
          });
          if (answer.status >= 400 && answer.status !== 404) span.setStatus({ code: SpanStatusCode.ERROR });
          return answer;
        } catch (thrown) {
          span.setStatus({
            code: SpanStatusCode.ERROR,
            message: thrown instanceof Error ? thrown.message : String(thrown),
          });
          throw thrown;
        } finally {
          metrics.observe('lifeboat_openstack_call_seconds', (performance.now() - began) / 1_000, {
            site: this.config.name,
            service: call.service,
            method: call.method,
          });
          span.end();
        }
      },
    );
  }

  private async send(call: RawCall): Promise<RawAnswer> {
    try {
      const answer = await request(call.url, {
        dispatcher: this.agent,
        method: call.method,
        headers: { 'user-agent': this.options.userAgent ?? 'lifeboat', accept: 'application/json', ...call.headers },
        ...(call.body !== undefined && { body: call.body }),
        ...(call.signal && { signal: call.signal }),
      });
      this.breaker.reached();
      const header = (key: string): string | undefined => {
        const value = answer.headers[key];
        return Array.isArray(value) ? value[0] : value;
      };
      return {
        status: answer.statusCode,
        requestId: header('x-openstack-request-id') ?? header('x-compute-request-id'),
        header,
        text: () => answer.body.text(),
        stream: answer.body,
      };
    } catch (thrown) {
      if (call.signal?.aborted) throw thrown;
      const error = unreachable(
        { site: this.config.name, service: call.service, method: call.method, path: call.path },
        thrown,
      );
      // A reset connection says that the site lives; only what was never reached counts.
      if (
        [
          'UND_ERR_CONNECT_TIMEOUT',
          'UND_ERR_HEADERS_TIMEOUT',
          'ECONNREFUSED',
          'EHOSTUNREACH',
          'ENETUNREACH',
          'ENOTFOUND',
        ].includes(codeOf(thrown) ?? '')
      )
        this.breaker.missed(error);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.agent.close().catch(() => this.agent.destroy());
  }
}
