import type { LifeboatError } from '@lifeboat/kernel';

/** As long as one try to connect takes, so that two probes never overlap. */
const OPEN_MS = 5_000;

interface Silence {
  readonly error: LifeboatError;
  until: number;
}

/**
 * Remembers hosts of one site that swallow connections: a black-holed site costs one waiting, not one per call. After a while one call goes through
 * as a probe, the others go on failing at once. Once a second host is silent and nothing answered in between, the whole site is held to be lost.
 * A refused connection is no silence: it costs no time, and one stopped service says nothing about the others.
 */
export class Breaker {
  private readonly silences = new Map<string, Silence>();
  private latest: Silence | undefined;

  constructor(private readonly now: () => number = Date.now) {}

  /** The error of the last try while nobody should try again; else nothing, and the caller is the probe. */
  silent(host: string): LifeboatError | undefined {
    const silence = this.silences.get(host) ?? (this.silences.size > 1 ? this.latest : undefined);
    if (!silence) return undefined;
    if (this.now() < silence.until) return silence.error;
    silence.until = this.now() + OPEN_MS;
    return undefined;
  }

  reached(host: string): void {
    this.silences.delete(host);
    this.latest = undefined;
  }

  missed(host: string, error: LifeboatError): void {
    this.latest = { error, until: this.now() + OPEN_MS };
    this.silences.set(host, this.latest);
  }
}
