/** One request as it came and what became of it. */
export interface LoggedRequest {
  readonly method: string;
  /** With prefix and query. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly at: number;
  user: string;
  project: string;
  /** 0 while it runs, or when it was never answered. */
  status: number;
  readonly requestId: string;
  ms: number;
}

const kept = 200_000;

/** The last requests, without bodies and headers: they hold secrets. */
export class RequestLog {
  /** TCP connections taken since the start, those without a request too. */
  connections = 0;
  private entries: LoggedRequest[] = [];

  begin(method: string, path: string, requestId: string): LoggedRequest {
    const entry: LoggedRequest = { method, path, at: Date.now(), user: '', project: '', status: 0, requestId, ms: 0 };
    this.entries.push(entry);
    if (this.entries.length > kept) this.entries = this.entries.slice(kept / 2);
    return entry;
  }

  find(options: { since?: number; method?: string; path?: string }): LoggedRequest[] {
    const path = options.path === undefined ? undefined : new RegExp(options.path);
    return this.entries.filter(
      (one) =>
        one.at >= (options.since ?? 0) &&
        (options.method === undefined || one.method === options.method) &&
        (path === undefined || path.test(one.path)),
    );
  }

  clear(): void {
    this.entries = [];
  }
}
