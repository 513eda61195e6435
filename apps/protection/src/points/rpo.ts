/**
 * What would be lost: from the moment the point's first snapshot was requested to the last proof of life of the primary, in seconds, both by
 * our own clock. Zero when the primary was never seen again after the request.
 */
export function rpoSeconds(requestedAt: Date, lastProofOfLife: Date | null): number {
  return Math.max(0, (lastProofOfLife?.getTime() ?? 0) - requestedAt.getTime()) / 1000;
}
