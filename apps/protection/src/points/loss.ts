import type { Loss } from '@lifeboat/contracts';
import { rpoSeconds } from './rpo.ts';

export interface Served {
  readonly requestedAt: Date;
  /** Of the primary; null when it was never seen. */
  readonly lastProofOfLife: Date | null;
  /** Its servers had been stopped before the point was made. */
  readonly sourceStopped: boolean;
  /** Sealed points of the group that are newer. */
  readonly newerPoints: readonly string[];
}

/** What serving from a point loses, by our own clock. Pure. */
export function lossOf({ requestedAt, lastProofOfLife, sourceStopped, newerPoints }: Served): Loss {
  const since = requestedAt.toISOString();
  if (sourceStopped) return { since, seconds: 0, newerPoints: [...newerPoints] };
  const proven = lastProofOfLife && lastProofOfLife > requestedAt ? lastProofOfLife.toISOString() : undefined;
  return {
    since,
    seconds: rpoSeconds(requestedAt, lastProofOfLife),
    ...(proven !== undefined && { provenUntil: proven }),
    unknownFrom: proven ?? since,
    newerPoints: [...newerPoints],
  };
}
