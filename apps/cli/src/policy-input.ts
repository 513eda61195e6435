import type { Bandwidth, DriverRule, TimesOfDay, Weekday } from '@lifeboat/contracts';
import { Weekday as Weekdays } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';

/** `image-transfer` → for all; `standard=cinder-backup` → by volume type; `server-root=…` → by kind; `tag:tier=gold=…` → by metadata; `db=hook:shop-db` → which of its settings. */
export function driverRule(text: string): DriverRule {
  const at = text.lastIndexOf('=');
  const [left, right] = at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
  const [driver = '', ...name] = right.split(':');
  if (driver === '' || at === 0)
    throw invalidInput('driver-rule-malformed', `"${text}" is no driver rule.`, {
      mend: 'Write DRIVER, VOLUME-TYPE=DRIVER, tag:KEY=DRIVER, tag:KEY=VALUE=DRIVER or server-root=DRIVER, and DRIVER:NAME for one of its settings.',
    });
  const rule = { driver, ...(name.length > 0 && { named: name.join(':') }) };
  if (left === '') return rule;
  if (left.startsWith('tag:')) return { ...rule, tag: left.slice('tag:'.length) };
  return left === 'server-root' || left === 'volume' ? { ...rule, diskKind: left } : { ...rule, volumeType: left };
}

export const driverRuleText = ({ driver, named, diskKind, volumeType, tag }: DriverRule): string =>
  [tag === undefined ? undefined : `tag:${tag}`, volumeType, diskKind]
    .filter(Boolean)
    .concat(named === undefined ? driver : `${driver}:${named}`)
    .join('=');

const UNIT: Readonly<Record<string, number>> = {
  k: 1_000,
  m: 1_000_000,
  g: 1e9,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};
const RATE = /^(\d+(?:\.\d+)?)\s*([kmg]i?)?b?(?:\/s)?$/i;
const HOURS = /^(\d\d:\d\d)-(\d\d:\d\d)$/;
const DAYS = /^(mon|tue|wed|thu|fri|sat|sun)([,-]|$)/i;

/** `20MiB/s`, or `2MB/s mon-fri 08:00-18:00 Europe/Berlin`: what is not said is always, and UTC. */
export function bandwidth(text: string): Bandwidth {
  const [rate = '', ...rest] = text.trim().split(/\s+/);
  const amount = RATE.exec(rate);
  if (!amount) throw malformed(text);
  const bytesPerSecond = Math.round(Number(amount[1]) * (UNIT[(amount[2] ?? '').toLowerCase()] ?? 1));
  return { bytesPerSecond, ...timesOf(rest, malformed(text)) };
}

/** `[DAYS] [FROM-TO] [ZONE]`, in any order. */
export function timesOf(words: readonly string[], malformed: Error): TimesOfDay {
  const times: TimesOfDay = {};
  for (const word of words) {
    const hours = HOURS.exec(word);
    if (hours) Object.assign(times, { from: hours[1], to: hours[2] });
    else if (DAYS.test(word)) times.days = daysOf(word.toLowerCase(), malformed);
    else times.timeZone = word;
  }
  return times;
}

function daysOf(word: string, malformed: Error): Weekday[] {
  const week = Weekdays.options;
  const of = (name: string | undefined): number => week.indexOf(name as Weekday);
  return word.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-');
    if (of(first) < 0 || of(last) < 0) throw malformed;
    const count = ((of(last) - of(first) + week.length) % week.length) + 1;
    return Array.from({ length: count }, (_, n) => week[(of(first) + n) % week.length] ?? 'mon');
  });
}

const malformed = (text: string) =>
  invalidInput('bandwidth-malformed', `"${text}" is no bandwidth.`, {
    mend: 'Write RATE [DAYS] [FROM-TO] [ZONE], for example "2MB/s mon-fri 08:00-18:00 Europe/Berlin".',
  });

export const bandwidthText = ({ bytesPerSecond, ...times }: Bandwidth): string =>
  [`${bytesPerSecond} B/s`, timesText(times)].filter(Boolean).join(' ');

export function timesText({ days, from, to, timeZone }: TimesOfDay): string {
  const hours = from === undefined && to === undefined ? undefined : `${from ?? '00:00'}-${to ?? '24:00'}`;
  return [days?.join(','), hours, timeZone].filter(Boolean).join(' ');
}
