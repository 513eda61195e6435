import { inSpan } from '@lifeboat/telemetry';
import { context, propagation, SpanKind } from '@opentelemetry/api';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One span per request, as part of the trace the caller names: from here it goes on through saga, commands, SQL and OpenStack calls. */
export function traceRequests(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const parent = propagation.extract(context.active(), request.headers);
  void inSpan(
    `${request.method ?? ''} ${(request.url ?? '').split('?')[0]?.replace(/[0-9a-f-]{36}/g, '{id}') ?? ''}`,
    { 'http.request.method': request.method ?? '' },
    async () => {
      const ended = new Promise<void>((resolve) => response.once('close', resolve));
      next();
      await ended;
    },
    SpanKind.SERVER,
    parent,
  );
}
