/** A token bucket per service: so many requests a second, with as many at once. */
export class RateLimit {
  perSecond: number;
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  /** Seconds to wait, or 0 when this request may pass. */
  wait(service: string): number {
    if (this.perSecond <= 0) return 0;
    const now = Date.now();
    const bucket = this.buckets.get(service) ?? { tokens: this.perSecond, at: now };
    bucket.tokens = Math.min(this.perSecond, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    bucket.at = now;
    this.buckets.set(service, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.perSecond));
    bucket.tokens -= 1;
    return 0;
  }
}
