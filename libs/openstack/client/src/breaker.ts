import type { LifeboatError } from '@lifeboat/kernel';

const OPEN_MS = 3_000;
const FAILURES = 2;

/** After a site could not be reached twice in a row, calls fail at once for a while: a black-holed site costs no waiting. One call then tries again. */
export class Breaker {
  private failures = 0;
  private openUntil = 0;
  private last: LifeboatError | undefined;

  constructor(private readonly now: () => number = Date.now) {}

  check(): void {
    if (this.last && this.failures >= FAILURES && this.now() < this.openUntil) throw this.last;
  }

  reached(): void {
    this.failures = 0;
    this.last = undefined;
  }

  missed(error: LifeboatError): void {
    this.failures++;
    this.last = error;
    this.openUntil = this.now() + OPEN_MS;
  }
}
