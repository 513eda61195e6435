import type { Loss } from '@lifeboat/contracts';

/** One sentence of what a failover loses. */
export function lossText({ since, seconds, provenUntil, unknownFrom, newerPoints }: Loss): string {
  const given = newerPoints.length > 0 ? `; newer points given up: ${newerPoints.join(', ')}` : '';
  if (unknownFrom === undefined) return `lost: nothing, the servers were stopped before the point of ${since}${given}`;
  const certain =
    provenUntil === undefined
      ? 'the primary was not seen alive since'
      : `the primary lived until ${provenUntil} (${seconds.toFixed(1)} s), what it did after that is not known`;
  return `lost: whatever was written after ${since}; ${certain}${given}`;
}
