/** So many bytes from the start of a device. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/**
 * Bytes of one volume, or of one snapshot of it, as the worker reaches them. Offsets and lengths are in bytes, any value within `size`; several calls may run
 * at once and end in any order. A call that is cut off by `close`, or by the end of what serves the device, rejects: `unavailable` `device-lost`.
 */
export interface BlockDevice extends AsyncDisposable {
  readonly size: number;
  readonly writable: boolean;
  /** Fills `into`, from `offset` on. */
  read(offset: number, into: Buffer): Promise<void>;
  /** `bytes` must not change until it resolves. Not durable before `flush`. */
  write(offset: number, bytes: Buffer): Promise<void>;
  /** Reads back as zeroes; frees the room where the device can. Not durable before `flush`. */
  zero(offset: number, length: number): Promise<void>;
  /** All writes that had resolved before are durable. */
  flush(): Promise<void>;
  /** Also while calls are under way: they reject. Quiet when it is closed. */
  close(): Promise<void>;
}

/** What a device may hold that the other does not: in order, not overlapping, merged where they touch. */
export type Changes = AsyncIterable<Extent> | Iterable<Extent>;
