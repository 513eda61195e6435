import { bug, unavailable } from '@lifeboat/kernel';
import type { BlockDevice, Extent } from '../device.ts';

/** A device of bytes in memory, which remembers what was written where. For tests. */
export class MemoryDevice implements BlockDevice {
  readonly writable = true;
  readonly written: Extent[] = [];
  /** Bytes that were read. */
  bytesRead = 0;
  /** Called before every write; what it throws the write throws. */
  onWrite: () => void = () => undefined;

  constructor(readonly bytes: Buffer) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(offset: number, into: Buffer): Promise<void> {
    this.check(offset, into.length);
    this.bytesRead += into.length;
    await turn();
    this.bytes.copy(into, 0, offset, offset + into.length);
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    this.check(offset, bytes.length);
    this.onWrite();
    await turn();
    this.written.push({ offset, length: bytes.length });
    bytes.copy(this.bytes, offset);
  }

  async zero(offset: number, length: number): Promise<void> {
    this.check(offset, length);
    this.onWrite();
    await turn();
    this.written.push({ offset, length });
    this.bytes.fill(0, offset, offset + length);
  }

  async flush(): Promise<void> {}
  async close(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}

  private check(offset: number, length: number): void {
    if (offset < 0 || length < 0 || offset + length > this.size)
      throw bug('out-of-range', `${length} bytes at ${offset} are not within ${this.size}.`);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const lost = (): Error => unavailable('device-lost', 'The device is gone.');
