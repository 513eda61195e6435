/** Which groups are due for a point, and which points are kept no longer. Pure. */

export interface Schedulable {
  readonly groupId: string;
  readonly state: string;
  readonly heldBy: string | null;
  readonly rpoSeconds: number;
  /** When the newest sealed point's snapshot was requested. */
  readonly lastRequestedAt: Date | null;
  /** A point of it is being made, or failed so lately that it is too early to try again. */
  readonly busy: boolean;
}

/** A new point begins half an RPO after the last, so that one is complete before the last grows older than the RPO. */
export function duePoints(groups: readonly Schedulable[], now: Date): readonly string[] {
  return groups
    .filter((group) => group.rpoSeconds > 0 && group.state === 'protected' && !group.heldBy && !group.busy)
    .filter(
      (group) =>
        !group.lastRequestedAt || now.getTime() - group.lastRequestedAt.getTime() >= (group.rpoSeconds * 1000) / 2,
    )
    .map((group) => group.groupId);
}

export interface Retainable {
  readonly pointId: string;
  readonly sealedAt: Date;
  readonly pinned: boolean;
}

/** Sealed points beyond the newest `keep`; pinned ones stay whatever their age. */
export function expiredPoints(sealed: readonly Retainable[], keep: number): readonly string[] {
  return [...sealed]
    .sort((a, b) => b.sealedAt.getTime() - a.sealedAt.getTime())
    .slice(keep)
    .filter((point) => !point.pinned)
    .map((point) => point.pointId);
}
