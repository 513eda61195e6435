/** Work that many wait for. Whoever stops waiting leaves it to the others; when nobody waits any more it ends. */
export class SharedWork<T> {
  private waiting = 0;
  private readonly over = new AbortController();
  private readonly result: Promise<T>;

  constructor(work: (until: AbortSignal) => Promise<T>) {
    this.result = work(this.over.signal);
    // Those who wait hear of a failure; it is not for the process that nobody may be waiting just then.
    this.result.catch(() => undefined);
  }

  /** Nobody waits any more: join another one. */
  get ended(): boolean {
    return this.over.signal.aborted;
  }

  async wait(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    this.waiting++;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.result, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      if (--this.waiting === 0) this.over.abort();
    }
  }
}
