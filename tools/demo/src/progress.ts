/** Says on stderr what is happening, how far and how long. */
export class Progress {
  private readonly began = performance.now();
  private done = 0;

  constructor(private readonly steps: number) {}

  /** The next big step begins. */
  step(what: string): void {
    this.done++;
    this.line(`[${this.done}/${this.steps}] ${what}`);
  }

  say(what: string): void {
    this.line(`      ${what}`);
  }

  private line(text: string): void {
    process.stderr.write(`${((performance.now() - this.began) / 1_000).toFixed(1).padStart(6)}s  ${text}\n`);
  }
}
