import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The way to a nats-server, which can be cut: who calls meanwhile is hung up on at once. */
export class CutLine {
  private whole = true;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(natsUrl: string): Promise<CutLine> {
    const { hostname, port } = new URL(natsUrl);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const line = new CutLine(server, `nats://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (near) => line.join(near, () => connect(Number(port), hostname)));
    return line;
  }

  cut(): void {
    this.whole = false;
    for (const socket of this.sockets) socket.destroy();
  }

  heal(): void {
    this.whole = true;
  }

  private join(near: Socket, call: () => Socket): void {
    if (!this.whole) return void near.destroy();
    const far = call();
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          near.destroy();
          far.destroy();
          this.sockets.delete(socket);
        });
    }
    near.pipe(far).pipe(near);
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}
