import { setImmediate as nextTurn } from 'node:timers/promises';

/** What OpenStack does after it has answered: state changes and copies, after a programmable delay. */
export class Jobs {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private stopped = false;
  private readonly delayMs: number;
  private readonly onError: (error: unknown) => void;

  constructor(delayMs: number, onError: (error: unknown) => void) {
    this.delayMs = delayMs;
    this.onError = onError;
  }

  /** Runs `work` after the cloud's usual delay times `factor`. Failures are reported, never thrown. */
  later(work: () => void | Promise<void>, factor = 1): void {
    this.in(this.delayMs * factor, work);
  }

  /** Runs `work` in so many milliseconds. */
  in(ms: number, work: () => void | Promise<void>): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.run(work);
    }, ms);
    timer.unref();
    this.timers.add(timer);
  }

  private run(work: () => void | Promise<void>): void {
    const run = (async () => {
      await work();
    })().catch((error: unknown) => {
      if (!this.stopped) this.onError(error);
    });
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
  }

  /** Forgets what has not begun and waits for what has. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    while (this.running.size > 0) {
      await Promise.all(this.running);
      await nextTurn();
    }
  }
}
