import type { Retention } from '@lifeboat/contracts';

export interface Retainable {
  readonly pointId: string;
  readonly sealedAt: Date;
  readonly pinned: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The epoch was a Thursday; weeks begin on Mondays. */
const THURSDAY_MS = 3 * DAY_MS;

const slotOf = {
  hourly: (at: number) => Math.floor(at / HOUR_MS),
  daily: (at: number) => Math.floor(at / DAY_MS),
  weekly: (at: number) => Math.floor((at + THURSDAY_MS) / (7 * DAY_MS)),
} as const;

/**
 * Pure: the sealed points that are kept no longer. Kept are the newest `last`; of those before them the newest of each of the newest so many hours, days
 * and weeks that have any; and what a run has pinned. Hours and days are those of UTC.
 */
export function expiredPoints(sealed: readonly Retainable[], keep: Retention): readonly string[] {
  const newestFirst = sealed.toSorted(
    (a, b) => b.sealedAt.getTime() - a.sealedAt.getTime() || (a.pointId < b.pointId ? 1 : -1),
  );
  const before = newestFirst.slice(keep.last);
  const kept = new Set<string>();
  for (const span of ['hourly', 'daily', 'weekly'] as const)
    for (const pointId of newestOfSlots(before, slotOf[span], keep[span] ?? 0)) kept.add(pointId);
  return before.filter(({ pointId, pinned }) => !pinned && !kept.has(pointId)).map(({ pointId }) => pointId);
}

function newestOfSlots(newestFirst: readonly Retainable[], slot: (at: number) => number, most: number): string[] {
  const newest = new Map<number, string>();
  for (const { pointId, sealedAt } of newestFirst) {
    const key = slot(sealedAt.getTime());
    if (!newest.has(key) && newest.size < most) newest.set(key, pointId);
  }
  return [...newest.values()];
}
