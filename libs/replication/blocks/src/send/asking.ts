const KEEPS = 0.9;
const HARDLY = 0.85;
const SAMPLE_EVERY = 16;

/** Whether it pays to ask what the other end holds: not where nearly all of it differs. Goes by the last answers, and asks now and then all the same. */
export class Asking {
  private share = 0;
  private passed = 0;

  pays(): boolean {
    if (this.share < HARDLY) return true;
    this.passed++;
    return this.passed % SAMPLE_EVERY === 0;
  }

  /** So many of those asked about differed. */
  heard(differed: number, asked: number): void {
    if (asked > 0) this.share = KEEPS * this.share + (1 - KEEPS) * (differed / asked);
  }
}
