import { deviceLost, protocolBroken } from './failures.ts';
import type { Link } from './link.ts';
import { COMMAND, REQUEST_MAGIC, writeUint64 } from './protocol.ts';
import type { Request } from './replies.ts';
import { Replies } from './replies.ts';

const HEAD = 28;

/** Sends requests and settles each by its reply, many at once. When the link ends, those under way reject: `unavailable` `device-lost`. */
export class Transmission {
  private readonly underWay = new Map<number, Request>();
  private lastHandle = 0;
  private lost: Error | undefined;

  constructor(
    private readonly link: Link,
    private readonly what: string,
    structured: boolean,
  ) {
    link.to(new Replies(structured, this.underWay));
    void link.closed.then((cause) => this.fail(deviceLost(what, cause)));
  }

  async read(offset: number, into: Buffer): Promise<void> {
    await this.request(COMMAND.read, offset, into.length, { into });
  }

  /** The payload of the chunk that tells of blocks. */
  async blockStatus(offset: number, length: number): Promise<Buffer> {
    const { status } = await this.request(COMMAND.blockStatus, offset, length);
    if (status) return status;
    this.link.destroy(protocolBroken('no status of blocks'));
    throw deviceLost(this.what);
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    await this.request(COMMAND.write, offset, bytes.length, { bytes });
  }

  async order(command: number, offset: number, length: number): Promise<void> {
    await this.request(command, offset, length);
  }

  /** Says good-bye; what is under way rejects. Resolves when the socket is closed. */
  async close(): Promise<void> {
    const quiet = this.underWay.size === 0 && !this.lost;
    this.fail(deviceLost(this.what));
    if (quiet) {
      this.link.send(head(COMMAND.disconnect, 0, 0, 0));
      this.link.end();
    } else this.link.destroy();
    await this.link.closed;
  }

  private fail(error: Error): void {
    this.lost ??= error;
    for (const request of this.underWay.values()) request.settle(error);
    this.underWay.clear();
  }

  private request(
    command: number,
    offset: number,
    length: number,
    { into, bytes }: { readonly into?: Buffer; readonly bytes?: Buffer } = {},
  ): Promise<Request> {
    if (this.lost) return Promise.reject(this.lost);
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => (error ? reject(error) : resolve(request));
      const request: Request = { command, offset, length, covered: [], settle, ...(into && { into }) };
      const handle = ++this.lastHandle;
      this.underWay.set(handle, request);
      this.link.send(head(command, handle, offset, length), ...(bytes ? [bytes] : []));
    });
  }
}

function head(command: number, handle: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD);
  bytes.writeUInt32BE(REQUEST_MAGIC, 0);
  bytes.writeUInt16BE(0, 4);
  bytes.writeUInt16BE(command, 6);
  writeUint64(bytes, handle, 8);
  writeUint64(bytes, offset, 16);
  bytes.writeUInt32BE(length, 24);
  return bytes;
}
