import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { appendFileSync } from 'node:fs';

/** One finished span, one line: what the demo's report and the trace tests read. */
export interface SpanLine {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly service: string;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const ms = ([s, ns]: readonly [number, number]): number => s * 1_000 + ns / 1_000_000;

/** Writes spans as JSON lines. Appends whole batches, so that a killed process leaves at most one torn line. */
export class FileSpanExporter implements SpanExporter {
  constructor(
    private readonly path: string,
    private readonly service: string,
  ) {}

  export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void {
    try {
      appendFileSync(this.path, spans.map((span) => `${JSON.stringify(this.line(span))}\n`).join(''));
      done({ code: 0 });
    } catch (thrown) {
      done({ code: 1, error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
    }
  }

  private line(span: ReadableSpan): SpanLine {
    const { traceId, spanId } = span.spanContext();
    return {
      traceId,
      spanId,
      ...(span.parentSpanContext && { parentId: span.parentSpanContext.spanId }),
      service: this.service,
      name: span.name,
      startMs: ms(span.startTime),
      durationMs: ms(span.duration),
      failed: span.status.code === SpanStatusCode.ERROR,
      attributes: span.attributes,
    };
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
