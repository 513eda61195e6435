/** What was saved up while nobody called may be used at once: as much as comes in so long. */
const SAVED_MS = 1_000;
/** Shorter than this a span says little of a rate. */
const LEARNT_FROM_MS = 500;
/** Who is not held back yet and is refused later than this did not ask for all that is allowed. */
const UNHURRIED_MS = 5_000;
/** Below what was measured, as a refusal costs more than it: the service says how long nobody may call. */
const CAUTION = 0.98;
/** A limit may have been raised, or others may ask less: so much faster from second to second, until a refusal says where it is now. */
const FASTER_PER_SECOND = 0.005;
/** Who asks all that it may is refused more often than that; the limit is none for who was not. */
const FORGOTTEN_MS = 30_000;

/**
 * What is learnt of a service's limit by its refusals. Between two of them all was used that it allows: so many calls in so long are its rate, of those who ask
 * much our share. From then on calls go out at that rate, so that none is refused, and none waits for nothing. Before that they go out as they come.
 */
export class Pace {
  private perMs: number | undefined;
  private saved = 0;
  /** Calls that would have been allowed by what is known, and nobody made. */
  private unused = 0;
  private countedAt: number;
  private answered = 0;
  private lastRefusal: { readonly at: number; readonly askedMs: number } | undefined;

  constructor(private readonly now: () => number = Date.now) {
    this.countedAt = now();
  }

  /** How many ms the next call has to wait; with 0 it counts as made. */
  take(): number {
    this.count();
    if (this.perMs === undefined) return 0;
    if (this.saved < 1) return Math.ceil((1 - this.saved) / this.perMs);
    this.saved -= 1;
    return 0;
  }

  /** A call was carried out. */
  carriedOut(): void {
    this.answered += 1;
  }

  /** A call was refused as one too many, to come again in so long; those that were under way with it may be too, and say nothing more. */
  refused(askedMs: number): void {
    this.count();
    const at = this.now();
    const last = this.lastRefusal ?? { at: Number.NEGATIVE_INFINITY, askedMs: 0 };
    const span = at - last.at;
    if (span < LEARNT_FROM_MS) return;
    // Of who was not held back nobody knows what was left unused.
    if (span - last.askedMs <= (this.perMs === undefined ? UNHURRIED_MS : FORGOTTEN_MS))
      this.perMs = Math.max((CAUTION * (this.answered + this.unused)) / span, 1 / askedMs);
    this.lastRefusal = { at, askedMs };
    this.answered = 0;
    this.unused = 0;
    this.saved = 0;
  }

  private count(): void {
    const passed = this.now() - this.countedAt;
    this.countedAt += passed;
    if (this.perMs === undefined) return;
    if (this.countedAt - (this.lastRefusal?.at ?? 0) > FORGOTTEN_MS) return void (this.perMs = undefined);
    const [saved, most] = [this.saved + this.perMs * passed, this.perMs * SAVED_MS];
    this.saved = Math.min(most, saved);
    this.unused += saved - this.saved;
    this.perMs *= 1 + (FASTER_PER_SECOND * passed) / 1_000;
  }
}
