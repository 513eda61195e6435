import { z } from 'zod';

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export type Weekday = z.infer<typeof Weekday>;

/** From `from` until `to`, past midnight too (then `days` are those on which it begins); what is not said is always. */
export const TimesOfDay = z.object({
  days: z.array(Weekday).min(1).optional(),
  from: TimeOfDay.optional(),
  to: TimeOfDay.optional(),
  /** As IANA names it; UTC without one. */
  timeZone: z.string().refine(isTimeZone, 'no time zone of that name').optional(),
});
export type TimesOfDay = z.infer<typeof TimesOfDay>;

const WEEK = Weekday.options;
const DAY_MINUTES = 24 * 60;

/** What the clock on the wall says there. */
function wallClock(now: Date, timeZone: string): { readonly day: number; readonly minute: number } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return {
    day: WEEK.indexOf(part('weekday').toLowerCase() as Weekday),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Pure. */
export function isWithin({ days, from = '00:00', to, timeZone = 'UTC' }: TimesOfDay, now: Date): boolean {
  const { day, minute } = wallClock(now, timeZone);
  const begins = minuteOf(from);
  const ends = to === undefined ? DAY_MINUTES : minuteOf(to);
  const onDay = (one: number): boolean => (days ?? WEEK).includes(WEEK[one % WEEK.length] ?? 'mon');
  if (begins < ends) return onDay(day) && begins <= minute && minute < ends;
  // Past midnight: what began yesterday lasts until today's `to`.
  return (onDay(day) && minute >= begins) || (onDay(day + WEEK.length - 1) && minute < ends);
}
