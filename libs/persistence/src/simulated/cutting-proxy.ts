import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Stands between a client and PostgreSQL and can cut the line at the worst moment: the server gets the text, the client never hears of it. */
export class CuttingProxy {
  private order: { readonly text: string; readonly before: boolean; readonly done: () => void } | undefined;
  /** New lines are cut at once, as if the server were away. */
  away = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(databaseUrl: string): Promise<CuttingProxy> {
    const target = new URL(databaseUrl);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = new URL(databaseUrl);
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new CuttingProxy(server, url.href);
    server.on('connection', (client) => proxy.join(client, connect(Number(target.port), target.hostname)));
    return proxy;
  }

  /** The next time a client says this, its line is cut after it was passed on; done when that has happened. */
  cutAfter(text: string): Promise<void> {
    return new Promise((done) => (this.order = { text, before: false, done }));
  }

  /** The next time a client says this, its line is cut, and the server never hears of it; done when that has happened. */
  cutBefore(text: string): Promise<void> {
    return new Promise((done) => (this.order = { text, before: true, done }));
  }

  private join(client: Socket, upstream: Socket): void {
    if (this.away) client.destroy();
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    }
    upstream.on('data', (chunk) => client.write(chunk)).on('close', () => client.destroy());
    client.on('close', () => upstream.end());
    client.on('data', (chunk) => {
      const order = this.order !== undefined && chunk.includes(this.order.text) ? this.order : undefined;
      if (!order?.before) upstream.write(chunk);
      if (!order) return;
      this.order = undefined;
      client.destroy();
      order.done();
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
