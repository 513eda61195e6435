import { asObject, numberOf, textOf } from '../http/fields.ts';
import { badRequest } from '../http/refusal.ts';
import { uuid } from '../state/identifiers.ts';

export type FaultKind =
  /** Answers `status` with OpenStack's body instead of doing anything. */
  | 'error'
  /** 429 with Retry-After. */
  | 'rate-limit'
  /** Does the work, then never answers. */
  | 'hang-after'
  /** Does the work, then cuts the connection. */
  | 'reset-after'
  /** Never answers and does nothing. */
  | 'hang-before'
  /** Cuts the connection and does nothing. */
  | 'reset-before'
  /** Sends half of the body, then cuts the connection. */
  | 'truncate'
  /** Answers later by `ms`. */
  | 'latency'
  /** Lists do not show objects younger than `ms`. */
  | 'list-lag';

const kinds: readonly string[] = [
  'error',
  'rate-limit',
  'hang-after',
  'reset-after',
  'hang-before',
  'reset-before',
  'truncate',
  'latency',
  'list-lag',
];

/** One programmed misbehaviour: which requests, how often, what happens. */
export interface FaultSpec {
  readonly kind: FaultKind;
  /** Regular expressions on the method and the path with query; any when left out. */
  readonly method?: string;
  readonly path?: string;
  /** How many matching requests it strikes; without it all. */
  readonly count?: number;
  /** Matching requests let through first. */
  readonly skip?: number;
  /** 0 to 1. */
  readonly probability?: number;
  readonly status?: number;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly ms?: number;
}

export interface Fault extends FaultSpec {
  readonly id: string;
  /** How often it struck. */
  struck: number;
  skipped: number;
}

export function readFault(value: unknown): FaultSpec {
  const body = asObject(value);
  const kind = textOf(body, 'kind') ?? '';
  if (!kinds.includes(kind)) throw badRequest(`kind must be one of ${kinds.join(', ')}`);
  const numbers = (['count', 'skip', 'probability', 'status', 'retryAfterSeconds', 'ms'] as const).map(
    (key) => [key, numberOf(body, key)] as const,
  );
  const texts = (['method', 'path', 'message'] as const).map((key) => [key, textOf(body, key)] as const);
  return {
    kind: kind as FaultKind,
    ...Object.fromEntries([...numbers, ...texts].filter(([, one]) => one !== undefined)),
  };
}

export const newFault = (spec: FaultSpec): Fault => ({ ...spec, id: uuid(), struck: 0, skipped: 0 });
