import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { HASH_BYTES } from '../hash/keyed-hash.ts';

const RECORD = 8 + HASH_BYTES;
const FLUSHED = 2 ** 53 - 1;
const KEPT_RECORDS = 1024;

/**
 * Leaves that a transfer found or wrote, in the order of their finding, and up to where the target had flushed them: what a transfer that was cut off
 * goes on from. What stands behind the last flush is forgotten when the file is opened again.
 */
export class LeafLog {
  private pending: Buffer[] = [];
  private constructor(
    readonly file: string,
    private readonly handle: FileHandle,
    private length: number,
    /** Bytes of the volume before which all that the transfer looks at was flushed. */
    public position: number,
  ) {}

  static async open(file: string): Promise<LeafLog> {
    const handle = await open(file, 'a+', 0o600);
    let [length, position, at] = [0, 0, 0];
    for await (const { leaf, hash, end } of records(handle)) {
      at = end;
      if (leaf === FLUSHED) [length, position] = [at, Number(hash.readBigUInt64BE(0))];
    }
    await handle.truncate(length);
    return new LeafLog(file, handle, length, position);
  }

  async add(leaf: number, hash: Buffer): Promise<void> {
    const record = Buffer.allocUnsafe(RECORD);
    record.writeBigUInt64BE(BigInt(leaf), 0);
    hash.copy(record, 8);
    this.pending.push(record);
    if (this.pending.length >= KEPT_RECORDS) await this.write();
  }

  /** Durable when it resolves. */
  async flushed(position: number): Promise<void> {
    const value = Buffer.alloc(HASH_BYTES);
    value.writeBigUInt64BE(BigInt(position), 0);
    await this.add(FLUSHED, value);
    await this.write();
    await this.handle.datasync();
    this.position = position;
  }

  async *leaves(): AsyncGenerator<{ readonly leaf: number; readonly hash: Buffer }> {
    await this.write();
    for await (const { leaf, hash } of records(this.handle)) if (leaf !== FLUSHED) yield { leaf, hash };
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async write(): Promise<void> {
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    if (bytes.length === 0) return;
    await this.handle.appendFile(bytes);
    this.length += bytes.length;
  }
}

async function* records(
  handle: FileHandle,
): AsyncGenerator<{ readonly leaf: number; readonly hash: Buffer; readonly end: number }> {
  const chunk = Buffer.allocUnsafe(RECORD * KEPT_RECORDS);
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    const whole = bytesRead - (bytesRead % RECORD);
    for (let from = 0; from < whole; from += RECORD)
      yield {
        leaf: Number(chunk.readBigUInt64BE(from)),
        hash: Buffer.from(chunk.subarray(from + 8, from + RECORD)),
        end: at + from + RECORD,
      };
    if (whole === 0) return;
    at += whole;
  }
}
