/** Work that goes on at once, no more of it than so many; the first that fails is what all of it fails with. */
export class InFlight {
  private readonly going = new Set<Promise<void>>();
  private failure: { readonly thrown: unknown } | undefined;

  constructor(
    private readonly most: number,
    private readonly onFailure: () => void = () => undefined,
  ) {}

  /** Resolves when there is room for more. Rejects with what failed before. */
  async start(work: () => Promise<void>): Promise<void> {
    this.check();
    const running: Promise<void> = work()
      .catch((thrown: unknown) => {
        this.failure ??= { thrown };
        this.onFailure();
      })
      .finally(() => this.going.delete(running));
    this.going.add(running);
    while (this.going.size >= this.most) await Promise.race(this.going);
    this.check();
  }

  /** Resolves when nothing goes on. */
  async idle(): Promise<void> {
    await Promise.all(this.going);
    this.check();
  }

  /** Ends quietly, whatever failed. */
  async settle(): Promise<void> {
    await Promise.all(this.going);
  }

  private check(): void {
    if (this.failure) throw this.failure.thrown;
  }
}
