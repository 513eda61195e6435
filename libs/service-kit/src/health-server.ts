import { illegalState } from '@lifeboat/kernel';
import { renderMetrics } from '@lifeboat/telemetry';
import { createServer } from 'node:http';
import type { Server } from 'node:http';

export interface Health {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, boolean>>;
}

/**
 * `/healthz`: the process lives. `/readyz`: it can work. `/metrics`: Prometheus. On loopback, without a framework: it must cost nothing.
 * Throws `health-port-taken`.
 */
export async function startHealthServer(port: number, health: () => Health): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics')
      return void response.setHeader('content-type', 'text/plain; version=0.0.4').end(renderMetrics());
    const state = health();
    response.statusCode = request.url === '/readyz' && !state.ready ? 503 : 200;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(state));
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', (cause) => reject(notFree(port, cause))).listen(port, '127.0.0.1', resolve),
  );
  return server;
}

const notFree = (port: number, cause: unknown) =>
  illegalState('health-port-taken', `LIFEBOAT_HEALTH_PORT ${port} is taken, or not ours to take.`, {
    mend: 'Name a free port, or 0 for any.',
    cause,
  });
