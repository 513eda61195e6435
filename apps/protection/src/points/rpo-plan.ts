import type { GroupSchedule } from '@lifeboat/contracts';
import { quantile } from '@lifeboat/kernel';

/** A point that was sealed. */
export interface Made {
  readonly openedAt: Date;
  /** Its age counts from here. */
  readonly requestedAt: Date;
  readonly sealedAt: Date;
}

/** All that is known of a group when its next point is planned. */
export interface Plannable {
  readonly rpoSeconds: number;
  /** Newest first; also those that are kept no longer: it is learned from them how long a point takes. */
  readonly made: readonly Made[];
  /** Of the newest sealed point that is kept. */
  readonly lastRequestedAt: Date | null;
  /** Of the point that is being made. */
  readonly openedAt: Date | null;
  /** When the first point was begun of those that led to none since. */
  readonly tryingSince: Date | null;
  /** Nothing is begun by schedule: paused, held by a run, or not protected. */
  readonly idle: boolean;
}

/** Of the last points so many are learned from: enough to have met a slow one, few enough to forget a first full copy. */
const LEARNED_FROM = 10;
const QUANTILE = 0.9;
/** Between the decision to start and the start, and for what is no point's own time. */
const SLACK_MS = 2_000;
const SLACK_OF_RPO = 0.05;

const learned = (made: readonly Made[], ms: (one: Made) => number): number | undefined =>
  quantile(made.slice(0, LEARNED_FROM).map(ms), QUANTILE);

/** From the start of a point until it is sealed, milliseconds. */
export const expectedMs = (made: readonly Made[]): number | undefined =>
  learned(made, ({ openedAt, sealedAt }) => sealedAt.getTime() - openedAt.getTime());

/**
 * When the next point begins, so that it is sealed before the newest grows older than the RPO, also when one try fails: by twice of what a point takes. While
 * nothing is known half an RPO is assumed for both tries.
 */
export function nextStartAt({ rpoSeconds, made, lastRequestedAt }: Plannable, now: Date): Date {
  if (!lastRequestedAt) return now;
  const rpoMs = rpoSeconds * 1_000;
  const takes = expectedMs(made);
  const leadMs = takes === undefined ? rpoMs / 2 : 2 * takes + Math.max(SLACK_MS, SLACK_OF_RPO * rpoMs);
  return new Date(lastRequestedAt.getTime() + Math.max(0, rpoMs - leadMs));
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

/** Why the RPO is not kept now, or will not be; `undefined` when all is well. */
export function riskOf(group: Plannable, now: Date): string | undefined {
  const rpoMs = group.rpoSeconds * 1_000;
  const rpo = `the RPO of ${seconds(rpoMs)}`;
  const takes = expectedMs(group.made);
  if (!group.lastRequestedAt) {
    const tryingMs = group.tryingSince ? now.getTime() - group.tryingSince.getTime() : 0;
    return tryingMs > rpoMs
      ? `No point has been sealed in the ${seconds(tryingMs)} since the first was begun, which is longer than ${rpo}.`
      : undefined;
  }
  const ageMs = now.getTime() - group.lastRequestedAt.getTime();
  if (ageMs > rpoMs) return `The newest point is ${seconds(ageMs)} old, which is more than ${rpo}.`;
  if (takes === undefined || group.idle) return undefined;
  const afterRequest = learned(group.made, ({ requestedAt, sealedAt }) => sealedAt.getTime() - requestedAt.getTime());
  // The next one cannot begin before the last is sealed.
  const oldestMs = (afterRequest ?? 0) + takes;
  if (oldestMs > rpoMs)
    return `A point takes ${seconds(takes)}, so that the newest grows ${seconds(oldestMs)} old before the next is sealed, which is more than ${rpo}.`;
  const start = Math.max(group.openedAt?.getTime() ?? 0, nextStartAt(group, now).getTime());
  const sealed = Math.max(
    now.getTime(),
    (group.openedAt ?? new Date(Math.max(start, now.getTime()))).getTime() + takes,
  );
  const lateMs = sealed - (group.lastRequestedAt.getTime() + rpoMs);
  return lateMs > 0 ? `The next point will be sealed about ${seconds(lateMs)} after the end of ${rpo}.` : undefined;
}

/** As it is shown. */
export function scheduleOf(group: Plannable, now: Date): GroupSchedule | undefined {
  if (group.rpoSeconds <= 0) return undefined;
  const takes = expectedMs(group.made);
  const atRisk = riskOf(group, now);
  const waits = !group.idle && !group.openedAt;
  return {
    rpoSeconds: group.rpoSeconds,
    ...(takes !== undefined && { expectedSeconds: takes / 1_000 }),
    ...(waits && { nextStartAt: nextStartAt(group, now).toISOString() }),
    ...(atRisk !== undefined && { atRisk }),
  };
}
