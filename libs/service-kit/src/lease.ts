import { LEASE_RENEW_MS, renewLease } from '@lifeboat/persistence';
import type { Database as Store, WorkRow } from '@lifeboat/persistence';
import type { Logger } from '@lifeboat/telemetry';

export interface Lease {
  /** Aborted when the lease was lost, or the service stops. */
  readonly signal: AbortSignal;
  end(): void;
}

/** Renews a lease while the handler runs. While PostgreSQL is away nobody else can take it either, so that alone loses nothing. */
export function holdLease(
  row: WorkRow,
  { store, signal, log }: { readonly store: Store; readonly signal: AbortSignal; readonly log: Logger },
): Lease {
  const held = new AbortController();
  const stop = (): void => held.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const timer = setInterval(() => {
    renewLease(store, row).then(
      (kept) => !kept && held.abort(),
      (thrown: unknown) => log.warn({ err: thrown, work: row.id }, 'lease not renewed'),
    );
  }, LEASE_RENEW_MS);
  const end = (): void => {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  };
  return { signal: held.signal, end };
}
