/** Bytes per chunk of the map: what a write makes data at least. */
export const chunkBytes = 64 * 1024;

export interface Run {
  readonly offset: number;
  readonly length: number;
}

/** Which chunks of a sparse file may hold something else than zeros: one bit per 64 KiB, so that copies and digests skip holes. */
export class Extents {
  private bits: Uint8Array;
  size: number;

  constructor(size: number) {
    this.size = size;
    this.bits = new Uint8Array(Math.ceil(size / chunkBytes / 8) + 1);
  }

  /** Sets the size; doubles the map when it is too short, so that a stream may grow it piece by piece. */
  resize(size: number): void {
    const needed = Math.ceil(size / chunkBytes / 8) + 1;
    if (needed > this.bits.length) {
      const bits = new Uint8Array(Math.max(needed, this.bits.length * 2));
      bits.set(this.bits);
      this.bits = bits;
    }
    this.size = size;
  }

  mark(offset: number, length: number): void {
    for (let chunk = Math.floor(offset / chunkBytes); chunk * chunkBytes < offset + length; chunk += 1) {
      this.bits[chunk >> 3] = (this.bits[chunk >> 3] ?? 0) | (1 << (chunk & 7));
    }
  }

  has(chunk: number): boolean {
    return ((this.bits[chunk >> 3] ?? 0) & (1 << (chunk & 7))) !== 0;
  }

  /** Alternating stretches of data and holes from `start` to `end`, each at most `max` bytes. */
  *runs(start: number, end: number, max: number): Generator<Run & { readonly data: boolean }> {
    let offset = start;
    while (offset < end) {
      const data = this.has(Math.floor(offset / chunkBytes));
      let stop = offset;
      do {
        stop = (Math.floor(stop / chunkBytes) + 1) * chunkBytes;
      } while (stop < end && stop - offset < max && this.has(Math.floor(stop / chunkBytes)) === data);
      const length = Math.min(stop, end) - offset;
      yield { offset, length, data };
      offset += length;
    }
  }
}
