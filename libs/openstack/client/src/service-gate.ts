import { unavailable } from '@lifeboat/kernel';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { waitFor } from './retry.ts';

const WAITING = 10_000;
const SPREAD_MS = 200;

/** How many requests to one service of one site are under way at once, and whether the service asked to be left alone for a while. */
export class ServiceGate {
  private readonly slots: ReturnType<typeof bulkhead>;
  private pausedUntil = 0;

  constructor(
    private readonly name: string,
    concurrency: number,
  ) {
    this.slots = bulkhead(concurrency, WAITING);
  }

  /** The rate limit is the project's, not the call's: everyone waits, else each finds out by being refused. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, Date.now() + ms);
  }

  async pass<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await this.slots.execute(async () => {
        // Again after waiting: another call may have been told to wait longer. Spread, so that not all come back in the same instant.
        for (let left = this.left(); left > 0; left = this.left())
          await waitFor(left + Math.random() * SPREAD_MS, signal);
        return work();
      });
    } catch (thrown) {
      if (!(thrown instanceof BulkheadRejectedError)) throw thrown;
      throw unavailable('too-many-calls', `More than ${WAITING} calls wait for ${this.name}.`, { cause: thrown });
    }
  }

  private left(): number {
    return this.pausedUntil - Date.now();
  }
}
