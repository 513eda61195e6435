import type { Receiver } from './link.ts';

/** What arrives during the handshake, taken piece by piece. */
export class Inbox implements Receiver {
  private readonly scratch = Buffer.allocUnsafe(16_384);
  private waiting: { readonly bytes: number; readonly resolve: (taken: Buffer) => void } | undefined;
  private have = Buffer.alloc(0);

  target(): Buffer {
    return this.scratch;
  }

  filled(bytes: number): void {
    this.have = Buffer.concat([this.have, this.scratch.subarray(0, bytes)]);
    const { waiting } = this;
    if (!waiting || waiting.bytes > this.have.length) return;
    this.waiting = undefined;
    waiting.resolve(this.cut(waiting.bytes));
  }

  /** One after the other. Never resolves when the link ends before: whoever waits watches that too. */
  take(bytes: number): Promise<Buffer> {
    if (bytes <= this.have.length) return Promise.resolve(this.cut(bytes));
    return new Promise((resolve) => (this.waiting = { bytes, resolve }));
  }

  private cut(bytes: number): Buffer {
    const taken = this.have.subarray(0, bytes);
    this.have = this.have.subarray(bytes);
    return taken;
  }
}
