import type { Changes, Extent } from '../device.ts';
import { LEAF, LEAVES_IN_PIECE, leavesIn } from '../geometry.ts';

/** Some leaves of a volume: 2 MiB of memory for each TiB. */
export class LeafSet {
  private readonly masks: Uint16Array;

  constructor(readonly size: number) {
    this.masks = new Uint16Array(Math.ceil(leavesIn(size) / LEAVES_IN_PIECE));
  }

  static async of(changes: Changes, size: number): Promise<LeafSet> {
    const set = new LeafSet(size);
    for await (const extent of changes) set.add(extent);
    return set;
  }

  get pieces(): number {
    return this.masks.length;
  }

  /** Every leaf that the extent touches; what lies past the end is not there. */
  add({ offset, length }: Extent): void {
    const last = Math.min(Math.ceil((offset + length) / LEAF), leavesIn(this.size));
    for (let leaf = Math.floor(offset / LEAF); leaf < last; leaf++) this.put(leaf);
  }

  addAll(): void {
    this.add({ offset: 0, length: this.size });
  }

  addSet(other: LeafSet): void {
    for (let piece = 0; piece < this.masks.length; piece++)
      this.masks[piece] = this.maskOf(piece) | other.maskOf(piece);
  }

  has(leaf: number): boolean {
    return ((this.maskOf(Math.floor(leaf / LEAVES_IN_PIECE)) >> (leaf % LEAVES_IN_PIECE)) & 1) === 1;
  }

  /** Leaves of a piece of 1 MiB, a bit for each. */
  maskOf(piece: number): number {
    return this.masks[piece] ?? 0;
  }

  count(): number {
    let found = 0;
    for (let mask of this.masks) for (; mask !== 0; mask &= mask - 1) found++;
    return found;
  }

  private put(leaf: number): void {
    const piece = Math.floor(leaf / LEAVES_IN_PIECE);
    this.masks[piece] = this.maskOf(piece) | (1 << (leaf % LEAVES_IN_PIECE));
  }
}
