import { createHash } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { chunkBytes, Extents, type Run } from './extents.ts';

/** What is read at once. */
export const runBytes = 256 * 1024;
const zeros = Buffer.alloc(runBytes);

export const isZero = (bytes: Buffer): boolean => {
  for (let offset = 0; offset < bytes.length; offset += runBytes) {
    const end = Math.min(offset + runBytes, bytes.length);
    if (bytes.compare(zeros, 0, end - offset, offset, end) !== 0) return false;
  }
  return true;
};

/**
 * The bytes of one volume, snapshot, image or root disk: a sparse file. Readers that need one point in time and writers take
 * turns (`exclusively`), so a copy of a disk in use is what stood there at one moment.
 */
export class SparseDisk {
  readonly path: string;
  private readonly extents: Extents;
  private readonly file: FileHandle;
  private turn: Promise<unknown> = Promise.resolve();
  /** Counts writes: a digest is good for one version. */
  private version = 0;
  private digest: { readonly version: number; readonly sha256: string } | undefined;
  private removed = false;

  private constructor(
    path: string,
    file: FileHandle,
    size: number,
    private readonly shared: boolean,
  ) {
    this.path = path;
    this.file = file;
    this.extents = new Extents(size);
  }

  /** `shared`: others write the file too, so that what was not written here may be data all the same. */
  static async make(path: string, size: number, shared = false): Promise<SparseDisk> {
    const file = await open(path, 'w+');
    await file.truncate(size);
    return new SparseDisk(path, file, size, shared);
  }

  get size(): number {
    return this.extents.size;
  }

  /** Runs `work` when no other exclusive work runs on this disk. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const before = this.turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.turn = promise;
    await before;
    try {
      return await work();
    } finally {
      resolve();
    }
  }

  /** Makes the disk longer (holes) or sets the length of what was streamed in; never cuts data off. */
  async resize(size: number): Promise<void> {
    this.extents.resize(size);
    this.version += 1;
    await this.file.truncate(size);
  }

  /** Writes, leaving holes where whole chunks of zeros meet holes; past the end the disk grows. */
  async write(bytes: Buffer, offset: number): Promise<void> {
    this.version += 1;
    if (offset + bytes.length > this.size) await this.resize(offset + bytes.length);
    let at = 0;
    while (at < bytes.length) {
      const position = offset + at;
      const end = Math.min(at + chunkBytes - (position % chunkBytes), bytes.length);
      const piece = bytes.subarray(at, end);
      if (this.shared || this.extents.has(Math.floor(position / chunkBytes)) || !isZero(piece))
        await this.writePiece(piece, position);
      at = end;
    }
  }

  private async writePiece(piece: Buffer, position: number): Promise<void> {
    await this.file.write(piece, 0, piece.length, position);
    this.extents.mark(position, piece.length);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, this.size - offset)));
    if (buffer.length > 0) await this.file.read(buffer, 0, buffer.length, offset);
    return buffer;
  }

  /**
   * Every stretch in order; holes come as views of one zero buffer and cost no reading. With `scratch` each piece is gone when the
   * next one is asked for: for readers that are done with it by then.
   */
  async *pieces(
    start = 0,
    end = this.size,
    scratch?: Buffer,
  ): AsyncGenerator<{ readonly offset: number; readonly bytes: Buffer; readonly hole: boolean }> {
    for (const run of this.extents.runs(start, Math.min(end, this.size), runBytes)) {
      const data = run.data || this.shared;
      const bytes = data ? await this.piece(run, scratch) : zeros.subarray(0, run.length);
      yield { offset: run.offset, bytes, hole: !data };
    }
  }

  private async piece(run: Run, scratch: Buffer | undefined): Promise<Buffer> {
    if (scratch === undefined) return this.read(run.offset, run.length);
    const { bytesRead } = await this.file.read(scratch, 0, run.length, run.offset);
    return scratch.fill(0, bytesRead, run.length).subarray(0, run.length);
  }

  /** All bytes, each piece good until the next one is asked for. */
  async *passing(): AsyncGenerator<Buffer> {
    for await (const piece of this.pieces(0, this.size, Buffer.alloc(runBytes))) yield piece.bytes;
  }

  stream(start = 0, end = this.size): Readable {
    return Readable.from(this.lasting(start, end), { objectMode: false, highWaterMark: runBytes });
  }

  private async *lasting(start: number, end: number): AsyncGenerator<Buffer> {
    for await (const piece of this.pieces(start, end)) yield piece.bytes;
  }

  /** Copies this disk's data into `target` (of equal or greater size), at one point in time. */
  async copyInto(target: SparseDisk): Promise<void> {
    await this.exclusively(async () => {
      for await (const piece of this.pieces(0, this.size, Buffer.alloc(runBytes)))
        if (!piece.hole) await target.write(piece.bytes, piece.offset);
    });
  }

  async sha256(): Promise<string> {
    return this.exclusively(async () => {
      if (this.digest?.version === this.version && !this.shared) return this.digest.sha256;
      const version = this.version;
      const hash = createHash('sha256');
      for await (const bytes of this.passing()) hash.update(bytes);
      const sha256 = hash.digest('hex');
      this.digest = { version, sha256 };
      return sha256;
    });
  }

  /** Removes the file; quiet when done before. */
  async remove(): Promise<void> {
    if (this.removed) return;
    this.removed = true;
    await this.exclusively(async () => {
      await this.file.close();
      await unlink(this.path);
    });
  }

  async close(): Promise<void> {
    if (this.removed) return;
    this.removed = true;
    await this.file.close();
  }
}
