/** So many at a time; the more urgent is served first, and of equals who comes first. */
export class Slots {
  private readonly waiting: { readonly urgency: number; readonly begin: () => void }[] = [];

  constructor(private free: number) {}

  async use<T>(work: () => T | Promise<T>, urgency = 0): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await this.turn(urgency);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next.begin();
      else this.free += 1;
    }
  }

  private turn(urgency: number): Promise<void> {
    return new Promise((begin) => {
      const after = this.waiting.findLastIndex((other) => other.urgency >= urgency);
      this.waiting.splice(after + 1, 0, { urgency, begin });
    });
  }
}
