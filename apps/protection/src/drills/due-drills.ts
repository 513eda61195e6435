import { isWithin } from '@lifeboat/contracts';
import type { DrillSchedule } from '@lifeboat/contracts';

/** How well a group is rehearsed. */
export interface Rehearsed {
  /** When the last drill that went through had begun. */
  readonly provenAt: Date | null;
  /** When the last one ended, if it did not go through. */
  readonly failedAt: Date | null;
}

export interface Rehearsable extends Rehearsed {
  readonly groupId: string;
  readonly drills: DrillSchedule;
  /** A run holds it, it is paused or failed over, has no point to serve from, or a drill of it goes on. */
  readonly idle: boolean;
}

const A_DAY_MS = 24 * 3_600_000;
const NEVER = new Date(0);

/** Pure: from when on a group is due for a drill. One that did not go through is tried again a day later, or when the schedule says if that is sooner. */
export function nextDrillAt(drills: DrillSchedule, { provenAt, failedAt }: Rehearsed): Date {
  const everyMs = drills.everySeconds * 1_000;
  const byPlan = provenAt === null ? NEVER : new Date(provenAt.getTime() + everyMs);
  const again = failedAt === null ? NEVER : new Date(failedAt.getTime() + Math.min(everyMs, A_DAY_MS));
  return byPlan > again ? byPlan : again;
}

/** Pure: which groups are due for a drill. */
export const dueDrills = (groups: readonly Rehearsable[], now: Date): readonly Rehearsable[] =>
  groups.filter(
    (group) =>
      !group.idle &&
      nextDrillAt(group.drills, group) <= now &&
      (!group.drills.within || isWithin(group.drills.within, now)),
  );

/** Pure: what should be said of a group that was not rehearsed as its policy wants; `undefined` when all is well. `since`: when it could have been at first. */
export function overdue(
  drills: DrillSchedule,
  { provenAt, failedAt }: Rehearsed,
  since: Date,
  now: Date,
): string | undefined {
  const wanted = `its policy wants one every ${inDays(drills.everySeconds)}`;
  if (failedAt !== null) return `the last drill did not go through; ${wanted}.`;
  // It has its time to begin, in hours that the policy names, and to end.
  const late =
    now.getTime() - (provenAt ?? since).getTime() >
    drills.everySeconds * 1_000 + Math.min(drills.everySeconds * 1_000, A_DAY_MS);
  if (!late) return undefined;
  return provenAt === null
    ? `was never rehearsed; ${wanted}.`
    : `was last rehearsed at ${provenAt.toISOString()}; ${wanted}.`;
}

const inDays = (seconds: number): string => (seconds % 86_400 === 0 ? `${seconds / 86_400} days` : `${seconds} s`);
