import { external } from '@lifeboat/kernel';
import type { BlockDevice, Extent } from '../device.ts';
import { allocatedIn } from './nbd/allocated.ts';
import type { NbdSettings } from './nbd/connect.ts';
import { connectNbd, nameOf } from './nbd/connect.ts';
import { checkRange, deviceReadOnly } from './nbd/failures.ts';
import type { Agreed } from './nbd/handshake.ts';
import { COMMAND } from './nbd/protocol.ts';
import { Transmission } from './nbd/transmission.ts';
import { inPieces } from './pieces.ts';

export type { NbdPlace, NbdSettings, NbdTls } from './nbd/connect.ts';

/** A device that can tell where it has bytes. */
export interface SparseDevice extends BlockDevice {
  /**
   * Where there may be other bytes than zeroes: in order, merged where they touch. All of the device where it cannot tell. What is written meanwhile may be
   * told of or not.
   */
  allocated(): AsyncIterable<Extent>;
}

/** What an NBD server exports. */
export interface NbdDevice extends SparseDevice {
  /** The bytes are not needed any more; what is read afterwards is anything. Nothing happens where the server cannot. */
  trim(offset: number, length: number): Promise<void>;
}

/** Frees less than it costs to send where the server can do no better. */
const ZEROES = Buffer.alloc(1024 * 1024);

/**
 * Connects to an NBD server (fixed newstyle), over TLS where `tls` is given and never without it then.
 *
 * Throws `unavailable` `nbd-unreachable`; `timeout` `nbd-timeout`; `not-found` `nbd-export-not-found`; `forbidden` `nbd-without-tls`, `nbd-wants-tls`,
 * `nbd-tls-refused`, `nbd-export-read-only`; `external` for servers that are too old or do not keep to the protocol. Requests reject with
 * `external` `device-io-failed` or `device-full`, `unavailable` `device-lost`, `invalid-input` `out-of-range`.
 */
export async function openNbd(settings: NbdSettings): Promise<NbdDevice> {
  const { link, agreed } = await connectNbd(settings);
  const what = `The NBD device at ${nameOf(settings.at)}`;
  const transmission = new Transmission(link, what, agreed.structured);
  const device = new OpenNbd(what, settings.writable ?? false, agreed, transmission);
  if (!device.writable || (!agreed.readOnly && agreed.canFlush)) return device;
  await device.close();
  throw external('nbd-not-writable', `${what} ${agreed.readOnly ? 'is read-only' : 'cannot be flushed'}.`, {
    retry: 'no',
    mend: 'Have it exported writable, with a cache that can be flushed.',
  });
}

class OpenNbd implements NbdDevice {
  readonly size: number;

  constructor(
    private readonly what: string,
    readonly writable: boolean,
    private readonly agreed: Agreed,
    private readonly transmission: Transmission,
  ) {
    this.size = agreed.size;
  }

  async read(offset: number, into: Buffer): Promise<void> {
    checkRange(this.what, this.size, { offset, length: into.length });
    await inPieces(into.length, this.agreed.maxBlock, (start, length) =>
      this.transmission.read(offset + start, into.subarray(start, start + length)),
    );
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    this.checkWrite(offset, bytes.length);
    await inPieces(bytes.length, this.agreed.maxBlock, (start, length) =>
      this.transmission.write(offset + start, bytes.subarray(start, start + length)),
    );
  }

  async zero(offset: number, length: number): Promise<void> {
    this.checkWrite(offset, length);
    const { canZero, maxBlock } = this.agreed;
    await inPieces(length, canZero ? maxBlock : Math.min(maxBlock, ZEROES.length), (start, piece) =>
      canZero
        ? this.transmission.order(COMMAND.writeZeroes, offset + start, piece)
        : this.transmission.write(offset + start, ZEROES.subarray(0, piece)),
    );
  }

  async trim(offset: number, length: number): Promise<void> {
    this.checkWrite(offset, length);
    if (!this.agreed.canTrim) return;
    await inPieces(length, this.agreed.maxBlock, (start, piece) =>
      this.transmission.order(COMMAND.trim, offset + start, piece),
    );
  }

  async flush(): Promise<void> {
    if (this.writable) await this.transmission.order(COMMAND.flush, 0, 0);
  }

  allocated(): AsyncIterable<Extent> {
    return allocatedIn(this.size, this.agreed.allocationContext, this.transmission);
  }

  close(): Promise<void> {
    return this.transmission.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private checkWrite(offset: number, length: number): void {
    if (!this.writable) throw deviceReadOnly(this.what);
    checkRange(this.what, this.size, { offset, length });
  }
}
