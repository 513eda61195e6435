import { forbidden, external, invalidInput, notFound, unavailable } from '@lifeboat/kernel';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { BlockDevice } from '../device.ts';
import { checkRange, deviceLost, deviceReadOnly } from './nbd/failures.ts';
import { inPieces } from './pieces.ts';

/** Node cannot punch holes, so zeroes are written. */
const ZEROES = Buffer.alloc(1024 * 1024);

/**
 * A regular file or a block device of the worker's host. A file keeps its size.
 *
 * Throws `not-found` `device-not-found`; `forbidden` `device-forbids`; `invalid-input` `not-a-device` for a folder, pipe or the like.
 */
export async function openFile(path: string, { writable = false } = {}): Promise<BlockDevice> {
  const handle = await open(path, writable ? 'r+' : 'r').catch((thrown: unknown) => {
    throw openFailure(path, thrown as NodeJS.ErrnoException);
  });
  try {
    return new OpenFile(path, writable, await sizeOf(handle, path), handle);
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

class OpenFile implements BlockDevice {
  private readonly underWay = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;
  private lose: (lost: Error) => void = () => undefined;
  private readonly lost = new Promise<never>((_, reject) => (this.lose = reject));

  constructor(
    private readonly path: string,
    readonly writable: boolean,
    readonly size: number,
    private readonly handle: FileHandle,
  ) {
    // Nobody may be waiting for it.
    this.lost.catch(() => undefined);
  }

  async read(offset: number, into: Buffer): Promise<void> {
    checkRange(this.path, this.size, { offset, length: into.length });
    await this.unlessLost(this.fill(offset, into));
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    this.checkWrite(offset, bytes.length);
    await this.unlessLost(this.put(offset, bytes));
  }

  async zero(offset: number, length: number): Promise<void> {
    this.checkWrite(offset, length);
    await this.unlessLost(
      inPieces(length, ZEROES.length, (start, piece) => this.put(offset + start, ZEROES.subarray(0, piece))),
    );
  }

  async flush(): Promise<void> {
    if (this.writable) await this.unlessLost(this.handle.datasync());
  }

  close(): Promise<void> {
    this.lose(deviceLost(this.path));
    // The descriptor may be somebody else's the moment it is closed: not under a call that still uses it.
    return (this.closing ??= Promise.allSettled(this.underWay).then(() => this.handle.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async fill(offset: number, into: Buffer): Promise<void> {
    for (let done = 0; done < into.length;) {
      const { bytesRead } = await this.handle.read(into, done, into.length - done, offset + done);
      if (bytesRead === 0) throw unavailable('device-lost', `${this.path} has become shorter than it was.`);
      done += bytesRead;
    }
  }

  private async put(offset: number, bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length;)
      done += (await this.handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }

  private async unlessLost(work: Promise<unknown>): Promise<void> {
    this.underWay.add(work);
    try {
      await Promise.race([this.lost, work]);
    } catch (thrown) {
      throw ioFailure(this.path, thrown as NodeJS.ErrnoException);
    } finally {
      void work.catch(() => undefined).finally(() => this.underWay.delete(work));
    }
  }

  private checkWrite(offset: number, length: number): void {
    if (!this.writable) throw deviceReadOnly(this.path);
    checkRange(this.path, this.size, { offset, length });
  }
}

async function sizeOf(handle: FileHandle, path: string): Promise<number> {
  const found = await handle.stat();
  if (found.isFile()) return found.size;
  if (!found.isBlockDevice())
    throw invalidInput('not-a-device', `${path} is neither a file nor a block device.`, { data: { path } });
  return endOf(handle);
}

/** A block device's status says no size, and Node can ask no other way: the last byte that can be read is looked for. */
async function endOf(handle: FileHandle): Promise<number> {
  const byte = Buffer.alloc(1);
  const has = async (at: number): Promise<boolean> => (await handle.read(byte, 0, 1, at)).bytesRead === 1;
  let [known, beyond] = [0, 1];
  while (await has(beyond - 1)) [known, beyond] = [beyond, beyond * 2];
  while (beyond - known > 1) {
    const middle = known + Math.floor((beyond - known) / 2);
    if (await has(middle - 1)) known = middle;
    else beyond = middle;
  }
  return known;
}

function openFailure(path: string, cause: NodeJS.ErrnoException) {
  const message = `${path} cannot be opened: ${cause.message}.`;
  const data = { path };
  switch (cause.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENXIO':
      return notFound('device-not-found', message, { data, cause });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return forbidden('device-forbids', message, { mend: 'Let the worker read (and write) it.', data, cause });
    case 'EISDIR':
      return invalidInput('not-a-device', message, { data, cause });
    default:
      return external('device-io-failed', message, { retry: 'no', data, cause });
  }
}

function ioFailure(path: string, thrown: NodeJS.ErrnoException): unknown {
  if (thrown.name === 'LifeboatError') return thrown;
  if (thrown.code === 'EBADF' || thrown.code === 'ENXIO' || thrown.code === 'ENODEV') return deviceLost(path, thrown);
  if (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')
    return external('device-full', `There is no room for ${path}.`, { retry: 'no', cause: thrown });
  return external('device-io-failed', `${path} failed: ${thrown.message}.`, { retry: 'yes', cause: thrown });
}
