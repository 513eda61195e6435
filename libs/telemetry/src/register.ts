/**
 * Preloaded by `node --import ./dist/programs/register.js app.js`, before anything that is to be traced. No ES-module loader hook: it costs
 * seconds and 100 MiB a process, and pg (CommonJS) is patched without one. Exporters are loaded only when they are configured:
 * `LIFEBOAT_TRACE_FILE` (JSON lines), `LIFEBOAT_OTLP_URL` (OTLP over HTTP). With neither, nothing but trace ids for logs and messages is made.
 */
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { basename, dirname } from 'node:path';
import { FileSpanExporter } from './file-exporter.ts';

const service = process.env['LIFEBOAT_SERVICE_NAME'] ?? programOf(process.argv[1] ?? 'lifeboat');
const { LIFEBOAT_TRACE_FILE: file, LIFEBOAT_OTLP_URL: otlp } = process.env;
const FLUSH_MS = 500;

const spanProcessors: SpanProcessor[] = [];
if (file)
  spanProcessors.push(
    new BatchSpanProcessor({ exporter: new FileSpanExporter(file, service), scheduledDelayMillis: FLUSH_MS }),
  );
if (otlp) {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  spanProcessors.push(
    new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${otlp.replace(/\/+$/, '')}/v1/traces` }) }),
  );
}

const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': `lifeboat-${service}` }),
  spanProcessors,
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(provider);

if (spanProcessors.length > 0) {
  const [{ registerInstrumentations }, { PgInstrumentation }] = await Promise.all([
    import('@opentelemetry/instrumentation'),
    import('@opentelemetry/instrumentation-pg'),
  ]);
  // Polling is no work: only queries that belong to something are traced.
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [new PgInstrumentation({ requireParentSpan: true })],
  });
}

/** `saga` of dist/programs/saga.js, and of apps/saga/dist/main.js, which is not bundled. */
function programOf(script: string): string {
  const name = basename(script, '.js');
  return name === 'main' ? basename(dirname(dirname(script))) : name;
}

process.once('beforeExit', () => void provider.shutdown());
