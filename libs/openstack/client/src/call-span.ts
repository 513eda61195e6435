import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';

const tracer = trace.getTracer('lifeboat-openstack');
const ID = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+)$/;
/** What follows these is a name that a user chose. */
const NAMED = new Set(['os-keypairs', 'tags', 'metadata', 'os-quota-sets', 'quotas']);

/** `/servers/5c3…/action` → `/servers/{id}/action`: one name for all calls of a kind. */
export function templateOf(path: string): string {
  const parts = (path.split('?')[0] ?? '').split('/');
  return parts
    .map((part, n) => (part !== '' && (ID.test(part) || NAMED.has(parts[n - 1] ?? '')) ? '{id}' : part))
    .join('/');
}

export interface SpanFacts {
  readonly site: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly host: URL;
  readonly tries: number;
}

/** A CLIENT span round one HTTP exchange. A call that is made again has a span for each try, which says which it was. */
export function inCallSpan<T>(facts: SpanFacts, work: (span: Span) => Promise<T>): Promise<T> {
  const attributes = {
    'openstack.site': facts.site,
    'http.request.method': facts.method,
    'server.address': facts.host.hostname,
    ...(facts.host.port && { 'server.port': Number(facts.host.port) }),
    ...(facts.tries > 1 && { 'http.request.resend_count': facts.tries - 1 }),
  };
  const name = `${facts.service} ${facts.method} ${templateOf(facts.path)}`;
  return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await work(span);
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw thrown;
    } finally {
      span.end();
    }
  });
}

/** A 404 is an answer, not a failure: half of what is asked is whether something is there. */
export function noteAnswer(span: Span, status: number, requestId: string | undefined): void {
  span.setAttributes({
    'http.response.status_code': status,
    ...(requestId && { 'openstack.request_id': requestId }),
  });
  if (status >= 400 && status !== 404) span.setStatus({ code: SpanStatusCode.ERROR });
}
