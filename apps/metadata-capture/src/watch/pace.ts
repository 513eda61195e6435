import { setTimeout as pause } from 'node:timers/promises';

/** Lets through so many calls a second, and as many at once after a quiet second. */
export class Pace {
  private next = 0;

  constructor(private readonly perSecond: number) {}

  readonly wait = async (): Promise<void> => {
    const now = performance.now();
    // Each call takes its slot; a second's worth of unused slots is kept.
    this.next = Math.max(this.next, now - 1_000) + 1_000 / this.perSecond;
    if (this.next > now) await pause(this.next - now);
  };
}
