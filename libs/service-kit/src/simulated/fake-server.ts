import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

/** Greets like a nats-server of some version and answers pings: enough for a client to believe it is connected. */
export async function fakeServer(version: string): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(
      `INFO ${JSON.stringify({ server_id: 'fake', version, proto: 1, headers: true, max_payload: 1 << 20 })}\r\n`,
    );
    socket.on('data', (chunk) => {
      for (let pings = chunk.toString().split('PING\r\n').length - 1; pings > 0; pings--) socket.write('PONG\r\n');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
