export type { SpanLine } from './file-exporter.ts';
export { createLogger } from './logger.ts';
export type { Logger } from './logger.ts';
export { observe, renderMetrics, setGauge, setGauges } from './metrics.ts';
export { flushSpans, inSpan, inSpanOf, recordSpan, traceContext, traceIds } from './spans.ts';
