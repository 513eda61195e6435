import { DrillSchedule } from '@lifeboat/contracts';
import type { Group } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { secondsOf } from './hold-input.ts';
import { timesOf, timesText } from './policy-input.ts';

export interface DrillOptions {
  readonly drillEvery?: string;
  readonly drillKeep?: string;
  readonly drillWithin?: string;
}

/** As a policy wants it. */
export function drillScheduleOf({ drillEvery, drillKeep, drillWithin }: DrillOptions): {
  readonly drills?: DrillSchedule;
} {
  if (drillEvery === undefined && drillKeep === undefined && drillWithin === undefined) return {};
  const drills = DrillSchedule.safeParse({
    ...(drillEvery !== undefined && { everySeconds: secondsOf(drillEvery) }),
    ...(drillKeep !== undefined && { keepForSeconds: secondsOf(drillKeep) }),
    ...(drillWithin !== undefined && { within: timesOf(drillWithin.trim().split(/\s+/), malformed(drillWithin)) }),
  });
  if (drills.success) return { drills: drills.data };
  throw malformed(drills.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
}

const malformed = (what: string) =>
  invalidInput('drill-schedule-malformed', `"${what}" is no schedule of drills.`, {
    mend: 'Write --drill-every 7d --drill-within "sat,sun 01:00-05:00 Europe/Berlin"; a minute at least, a year at most.',
  });

export const drillScheduleText = ({ everySeconds, keepForSeconds, within }: DrillSchedule): string =>
  [`every ${everySeconds} s`, within && timesText(within), keepForSeconds !== undefined && `kept ${keepForSeconds} s`]
    .filter(Boolean)
    .join(', ');

/** How well a group is rehearsed. */
export function drillsOf({ drills }: Group): string {
  if (!drills) return 'never rehearsed';
  const { provenAt, failed, nextAt } = drills;
  return [
    provenAt === undefined ? 'none went through' : `went through ${provenAt}`,
    failed && `the last did not: run ${failed.runId}, ${failed.at}`,
    nextAt !== undefined && `next from ${nextAt} on`,
  ]
    .filter(Boolean)
    .join('; ');
}
