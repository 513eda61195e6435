export interface PackLimits {
  readonly count: number;
  /** Of the items' own sizes. */
  readonly bytes: number;
}

/** A queue from which items are taken many at a time: as many of the oldest as fit. */
export class Packer<T> {
  private waiting: { readonly item: T; readonly bytes: number }[] = [];
  private total = 0;

  constructor(private readonly limits: PackLimits) {}

  get size(): number {
    return this.waiting.length;
  }

  /** Whether waiting longer would not make the next pack fuller. */
  get full(): boolean {
    return this.waiting.length >= this.limits.count || this.total >= this.limits.bytes;
  }

  add(item: T, bytes: number): void {
    this.waiting.push({ item, bytes });
    this.total += bytes;
  }

  /** The oldest, in order; at least one if there is any, even if it alone is beyond the limit. Empty when nothing waits. */
  take(): readonly T[] {
    let count = 0;
    let bytes = 0;
    for (const { bytes: own } of this.waiting) {
      if (count > 0 && (count >= this.limits.count || bytes + own > this.limits.bytes)) break;
      count++;
      bytes += own;
    }
    this.total -= bytes;
    const pack = this.waiting.slice(0, count).map(({ item }) => item);
    this.waiting = this.waiting.slice(count);
    return pack;
  }
}
