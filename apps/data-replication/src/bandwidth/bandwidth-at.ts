import type { Bandwidth, Weekday } from '@lifeboat/contracts';

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
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

function fits({ days, from = '00:00', to, timeZone = 'UTC' }: Bandwidth, now: Date): boolean {
  const { day, minute } = wallClock(now, timeZone);
  const begins = minuteOf(from);
  const ends = to === undefined ? DAY_MINUTES : minuteOf(to);
  const onDay = (one: number): boolean => (days ?? WEEK).includes(WEEK[one % WEEK.length] ?? 'mon');
  if (begins < ends) return onDay(day) && begins <= minute && minute < ends;
  // Past midnight: what began yesterday lasts until today's `to`.
  return (onDay(day) && minute >= begins) || (onDay(day + WEEK.length - 1) && minute < ends);
}

/** Pure: how much may be sent now by all together, bytes per second; `undefined`: as much as goes. */
export const bandwidthAt = (rules: readonly Bandwidth[], now: Date): number | undefined =>
  rules.find((rule) => fits(rule, now))?.bytesPerSecond;
