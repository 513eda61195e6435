import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/** The link between two sites: what goes through is counted, and it can be cut. */
export class CountedLink {
  /** To who listens, since it was last set to 0. */
  bytes = 0;
  /** Of the first of those bytes. */
  begunAt = 0;
  private whole = true;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<CountedLink> {
    const server = createServer();
    const link = new CountedLink(server);
    server.on('connection', (near) => link.join(near, port));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  count(): void {
    this.bytes = 0;
  }

  /** Until it is mended whoever calls is hung up on. */
  cut(): void {
    this.whole = false;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.whole = true;
  }

  stop(): void {
    this.cut();
    this.server.close();
  }

  private join(near: Socket, port: number): void {
    if (!this.whole) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    const either = [near, far];
    for (const socket of either) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.sockets.delete(socket);
        for (const other of either) other.destroy();
      });
    }
    near.on('data', (chunk: Buffer) => {
      if (this.bytes === 0) this.begunAt = performance.now();
      this.bytes += chunk.length;
    });
    near.pipe(far).pipe(near);
  }
}
