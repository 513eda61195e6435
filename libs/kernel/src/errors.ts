/**
 * The one closed family of errors. Matching is by `kind` and `code`, never by class or message.
 * Whether an operation may be tried again follows from `kind`:
 * `unavailable` and `timeout` may; `external` says so itself by `retry`; all others may not.
 */
export const ERROR_KINDS = [
  'invalid-input',
  'not-found',
  'conflict',
  'illegal-state',
  'forbidden',
  'unavailable',
  'timeout',
  'external',
  'bug',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface ErrorDetails {
  readonly kind: ErrorKind;
  /** Stable, machine-readable, kebab-case: `site-not-found`. */
  readonly code: string;
  /** One sentence for an operator: what is wrong and where. */
  readonly message: string;
  /** One sentence: how to mend it. */
  readonly mend?: string;
  /** For `external` only: may the same call be made again? */
  readonly retry?: 'yes' | 'no';
  /** Plain data that helps: ids, paths, OpenStack request ids. Never secrets. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export class LifeboatError extends Error {
  override readonly name = 'LifeboatError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly mend: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  private readonly retry: 'yes' | 'no';

  constructor(details: ErrorDetails, options?: { cause?: unknown }) {
    super(details.message, options);
    this.kind = details.kind;
    this.code = details.code;
    this.mend = details.mend;
    this.data = details.data ?? {};
    this.retry = details.retry ?? 'no';
  }

  get retryable(): boolean {
    return this.kind === 'unavailable' || this.kind === 'timeout' || (this.kind === 'external' && this.retry === 'yes');
  }

  toJSON(): ErrorDetails {
    return {
      kind: this.kind,
      code: this.code,
      message: this.message,
      ...(this.mend !== undefined && { mend: this.mend }),
      ...(this.kind === 'external' && { retry: this.retry }),
      ...(Object.keys(this.data).length > 0 && { data: this.data }),
    };
  }

  static fromJSON(details: ErrorDetails): LifeboatError {
    return new LifeboatError(details);
  }
}

const of =
  (kind: ErrorKind) =>
  (code: string, message: string, more: Partial<ErrorDetails> & { cause?: unknown } = {}) => {
    const { cause, ...rest } = more;
    return new LifeboatError({ ...rest, kind, code, message }, cause === undefined ? undefined : { cause });
  };

export const invalidInput = of('invalid-input');
export const notFound = of('not-found');
export const conflict = of('conflict');
export const illegalState = of('illegal-state');
export const forbidden = of('forbidden');
export const unavailable = of('unavailable');
export const timedOut = of('timeout');
export const external = of('external');
export const bug = of('bug');

/** Any thrown thing as a LifeboatError; what is not one already is our own mistake, so `bug`. */
export function asLifeboatError(thrown: unknown): LifeboatError {
  if (thrown instanceof LifeboatError) return thrown;
  // Errors cross realms in tests and module copies: recognise ours by name, not by class.
  if (thrown instanceof Error && thrown.name === 'LifeboatError' && 'kind' in thrown) return thrown as LifeboatError;
  return bug('unexpected', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
