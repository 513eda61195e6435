import type { NetConnectOpts, Socket } from 'node:net';
import { connect } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Who gets the bytes that arrive. `target` is never empty; `filled` may throw, which ends the link. */
export interface Receiver {
  target(): Buffer;
  filled(bytes: number): void;
}

/**
 * A socket whose bytes go straight to where the receiver wants them: Node reads into a buffer that we name before each read, so that what belongs into the
 * caller's buffer is not copied. Over TLS, which hands out buffers of its own, they are copied once.
 */
export class Link {
  private socket: Socket | TLSSocket | undefined;
  private corked = false;
  private cause: Error | undefined;
  private ended: (cause: Error | undefined) => void = () => undefined;
  /** The end, whoever ended it; what ended it where that is known. */
  readonly closed = new Promise<Error | undefined>((resolve) => (this.ended = resolve));

  constructor(private receiver: Receiver) {}

  /** For connections that stay plain: Node cannot take the named buffers back when TLS begins. */
  dial(where: NetConnectOpts): Promise<void> {
    let namedBy = this.receiver;
    const onread = {
      buffer: () => (namedBy = this.receiver).target(),
      callback: (bytes: number, buffer: Buffer) => {
        this.guard(() => (namedBy === this.receiver ? namedBy.filled(bytes) : this.deliver(buffer.subarray(0, bytes))));
        return true;
      },
    };
    // Its types know no function that names the next buffer; it is documented.
    const socket = connect({ ...where, onread } as unknown as NetConnectOpts);
    this.watch(socket);
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket.setNoDelay() && undefined));
      void this.closed.then((cause) => reject(cause ?? new Error('It was closed.')));
    });
  }

  /** A connected socket that nobody else reads. */
  adopt(socket: Socket | TLSSocket): void {
    this.watch(socket);
    socket.on('data', (bytes: Buffer) => this.guard(() => this.deliver(bytes)));
  }

  /** The socket, with nobody listening to its bytes any more. */
  release(): Socket {
    const { socket } = this;
    if (!socket) throw new Error('There is no socket.');
    socket.removeAllListeners('data').pause();
    this.socket = undefined;
    return socket;
  }

  to(receiver: Receiver): void {
    this.receiver = receiver;
  }

  /** In order, and together with what else is sent in the same turn. The bytes must not change until they are answered. */
  send(...parts: readonly Buffer[]): void {
    const { socket } = this;
    if (!socket || socket.destroyed) return;
    if (!this.corked) {
      this.corked = true;
      socket.cork();
      process.nextTick(() => {
        this.corked = false;
        socket.uncork();
      });
    }
    for (const part of parts) socket.write(part);
  }

  /** After what was sent has left. */
  end(): void {
    this.socket?.destroySoon();
  }

  destroy(cause?: Error): void {
    this.cause ??= cause;
    this.socket?.destroy();
  }

  private watch(socket: Socket | TLSSocket): void {
    this.socket = socket;
    socket.on('error', (error) => (this.cause ??= error));
    socket.once('end', () => socket.destroySoon());
    socket.once('close', () => this.ended(this.cause));
  }

  private deliver(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0 && !this.socket?.destroyed;) {
      const taken = rest.copy(this.receiver.target());
      rest = rest.subarray(taken);
      this.receiver.filled(taken);
    }
  }

  private guard(receive: () => void): void {
    try {
      receive();
    } catch (thrown) {
      this.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }
}
