import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { runBytes, type SparseDisk } from '../bytes/sparse-disk.ts';

/** Blocks are compared and kept by this size, as Cinder's chunked drivers do by 32 KiB. */
const blockBytes = 64 * 1024;
const digestBytes = 16;

const digestOf = (block: Buffer): Buffer => createHash('sha256').update(block).digest().subarray(0, digestBytes);

interface Manifest {
  readonly version: 1;
  readonly parent: string | null;
  readonly bytes: number;
  /** Numbers of the blocks kept, in the order they stand in `blocks.bin`. */
  readonly blocks: readonly number[];
}

interface Writing {
  readonly digests: FileHandle;
  readonly data: FileHandle;
  readonly before: FileHandle | undefined;
}

/**
 * The folder of backups that both clouds read: for each backup its manifest, the blocks that differ from its parent, and a digest
 * of every block to compare the next one with. Nothing is kept in memory between calls.
 */
export class BackupStore {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  private at(id: string, file = ''): string {
    return join(this.folder, id.slice(0, 2), id.slice(2, 4), id, file);
  }

  /** Writes a full backup, or what differs from `parent`. Answers the number of blocks kept. */
  async save(id: string, disk: SparseDisk, parent: string | null): Promise<number> {
    await mkdir(this.at(id), { recursive: true });
    const files: Writing = {
      digests: await open(this.at(id, 'digests.bin'), 'w'),
      data: await open(this.at(id, 'blocks.bin'), 'w'),
      before: parent === null ? undefined : await open(this.at(parent, 'digests.bin'), 'r'),
    };
    try {
      const blocks = await disk.exclusively(() => this.writeBlocks(disk, files));
      const manifest: Manifest = { version: 1, parent, bytes: disk.size, blocks };
      await writeFile(this.at(id, 'manifest.json'), JSON.stringify(manifest));
      return blocks.length;
    } finally {
      await Promise.all([files.digests.close(), files.data.close(), files.before?.close()]);
    }
  }

  private async writeBlocks(disk: SparseDisk, files: Writing): Promise<number[]> {
    const kept: number[] = [];
    const emptyDigest = digestOf(Buffer.alloc(blockBytes));
    for await (const piece of disk.pieces(0, disk.size, Buffer.alloc(runBytes))) {
      const count = Math.ceil(piece.bytes.length / blockBytes);
      const first = piece.offset / blockBytes;
      const old = await this.readDigests(files.before, first, count);
      const fresh = Buffer.alloc(count * digestBytes);
      for (let index = 0; index < count; index += 1) {
        const block = piece.bytes.subarray(index * blockBytes, (index + 1) * blockBytes);
        const digest = piece.hole && block.length === blockBytes ? emptyDigest : digestOf(block);
        digest.copy(fresh, index * digestBytes);
        const same =
          old === undefined ? piece.hole : digest.equals(old.subarray(index * digestBytes, (index + 1) * digestBytes));
        if (same) continue;
        await files.data.write(block);
        kept.push(first + index);
      }
      await files.digests.write(fresh);
    }
    return kept;
  }

  private async readDigests(file: FileHandle | undefined, first: number, count: number): Promise<Buffer | undefined> {
    if (file === undefined) return undefined;
    const digests = Buffer.alloc(count * digestBytes);
    await file.read(digests, 0, digests.length, first * digestBytes);
    return digests;
  }

  private async manifest(id: string): Promise<Manifest> {
    return JSON.parse(await readFile(this.at(id, 'manifest.json'), 'utf8')) as Manifest;
  }

  /** Writes a backup's bytes over `disk`, from its full ancestor on. Fails when a link of the chain is missing. */
  async restore(id: string, disk: SparseDisk): Promise<void> {
    const manifest = await this.manifest(id);
    if (manifest.parent !== null) await this.restore(manifest.parent, disk);
    const data = await open(this.at(id, 'blocks.bin'), 'r');
    try {
      const block = Buffer.alloc(blockBytes);
      for (const [index, number] of manifest.blocks.entries()) {
        const length = Math.min(blockBytes, manifest.bytes - number * blockBytes);
        await data.read(block, 0, length, index * blockBytes);
        await disk.write(Buffer.from(block.subarray(0, length)), number * blockBytes);
      }
    } finally {
      await data.close();
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.at(id), { recursive: true, force: true });
  }
}
