import type { Envelope } from '@lifeboat/contracts';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context } from '@opentelemetry/api';

const tracer = trace.getTracer('lifeboat');

/** Runs `fn` in a span of its own; an error marks the span and goes on. */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  fn: () => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
  parent: Context = context.active(),
): Promise<T> {
  return tracer.startActiveSpan(name, { kind, attributes }, parent, async (span) => {
    try {
      return await fn();
    } catch (thrown) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: thrown instanceof Error ? thrown.message : String(thrown),
      });
      throw thrown;
    } finally {
      span.end();
    }
  });
}

/** Handles a message as part of the trace it came with, however much later that is. */
export const inSpanOf = <T>(envelope: Envelope, name: string, fn: () => Promise<T>): Promise<T> =>
  inSpan(
    name,
    {
      'messaging.message.id': envelope.id,
      'messaging.destination.name': envelope.type,
      ...(envelope.correlationId && { 'lifeboat.run': envelope.correlationId }),
    },
    fn,
    SpanKind.CONSUMER,
    propagation.extract(context.active(), { traceparent: envelope.traceparent, tracestate: envelope.tracestate }),
  );

/** The current trace context, to be put into an envelope. */
export function traceContext(): Pick<Envelope, 'traceparent' | 'tracestate'> {
  const carrier: { traceparent?: string; tracestate?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** For logs: the ids of the current span. */
export function traceIds(): { readonly trace_id?: string; readonly span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** A span of something that is over by now, in the trace of `parent` (a W3C traceparent); for what outlives the process that began it. */
export function recordSpan(
  name: string,
  attributes: Attributes,
  times: { readonly from: Date; readonly to: Date },
  { parent, error }: { readonly parent: string | null; readonly error?: string },
): void {
  const trail = parent === null ? context.active() : propagation.extract(context.active(), { traceparent: parent });
  const span = tracer.startSpan(name, { attributes, startTime: times.from }, trail);
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  span.end(times.to);
}

/** Hands finished spans to their exporters now: before a process ends. */
export async function flushSpans(): Promise<void> {
  const provider = trace.getTracerProvider();
  const delegate: unknown = 'getDelegate' in provider ? (provider.getDelegate as () => unknown)() : provider;
  const { forceFlush } = delegate as { forceFlush?: () => Promise<void> };
  await forceFlush?.call(delegate);
}
