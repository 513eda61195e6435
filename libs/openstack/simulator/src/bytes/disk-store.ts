import { link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SparseDisk } from './sparse-disk.ts';

export type DiskKind = 'volume' | 'snapshot' | 'image' | 'root';

/** The bytes of a cloud: one sparse file per volume, snapshot, image and ephemeral root. */
export class DiskStore {
  private readonly disks = new Map<string, SparseDisk>();
  private readonly folder: string;

  /** `evidence`: a folder where the bytes of points in time stay after the cloud has deleted them; none keeps nothing. */
  constructor(
    folder: string,
    private readonly evidence: string | undefined,
    /** Others may write the files of volumes. */
    private readonly shared = false,
  ) {
    this.folder = folder;
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    if (this.evidence !== undefined) await mkdir(this.evidence, { recursive: true });
  }

  /** Keeps what a volume's or server's disk held when this copy of it was begun, as `<what>-<id>-<began>.raw`. */
  async testify(
    copy: SparseDisk | undefined,
    what: 'volume' | 'server-root',
    id: string,
    began: number,
  ): Promise<void> {
    if (this.evidence === undefined || copy === undefined) return;
    try {
      await link(copy.path, join(this.evidence, `${what}-${id}-${began}.raw`));
    } catch (thrown) {
      // Another copy was begun in the same millisecond.
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }

  get(kind: DiskKind, id: string): SparseDisk | undefined {
    return this.disks.get(`${kind}-${id}`);
  }

  async make(kind: DiskKind, id: string, size: number): Promise<SparseDisk> {
    const name = `${kind}-${id}`;
    await this.disks.get(name)?.remove();
    const disk = await SparseDisk.make(join(this.folder, `${name}.raw`), size, this.shared && kind === 'volume');
    this.disks.set(name, disk);
    return disk;
  }

  /** A new disk of `size` bytes that begins with the bytes of `source`. */
  async copy(source: SparseDisk, kind: DiskKind, id: string, size: number): Promise<SparseDisk> {
    const disk = await this.make(kind, id, size);
    await source.copyInto(disk);
    return disk;
  }

  async remove(kind: DiskKind, id: string): Promise<void> {
    const disk = this.get(kind, id);
    this.disks.delete(`${kind}-${id}`);
    await disk?.remove();
  }

  async close(): Promise<void> {
    await Promise.all([...this.disks.values()].map((disk) => disk.close()));
    this.disks.clear();
  }
}
