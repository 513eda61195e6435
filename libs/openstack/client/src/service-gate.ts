import { unavailable } from '@lifeboat/kernel';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { Pace } from './pace.ts';
import { waitFor } from './retry.ts';

const WAITING = 10_000;

/** How many requests to one service of one site are under way at once, how fast they follow each other, and whether the service asked to be left alone for a while. */
export class ServiceGate {
  private readonly slots: ReturnType<typeof bulkhead>;
  private readonly pace = new Pace();
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
    this.pace.refused(ms);
  }

  /** A call was carried out, not refused. */
  carriedOut(): void {
    this.pace.carriedOut();
  }

  async pass<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await this.slots.execute(async () => {
        // Again after waiting: another call may have been told to wait longer.
        for (let left = this.left(); left > 0; left = this.left()) await waitFor(left, signal);
        return work();
      });
    } catch (thrown) {
      if (!(thrown instanceof BulkheadRejectedError)) throw thrown;
      throw unavailable('too-many-calls', `More than ${WAITING} calls wait for ${this.name}.`, { cause: thrown });
    }
  }

  private left(): number {
    const paused = this.pausedUntil - Date.now();
    return paused > 0 ? paused : this.pace.take();
  }
}
