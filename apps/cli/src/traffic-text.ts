import { SwitchResult } from '@lifeboat/contracts';
import { z } from 'zod';

const Switched = z.object({ switched: z.array(SwitchResult).default([]) });

/** What became of a run's traffic switches; a line each. */
export function trafficText(state: Readonly<Record<string, unknown>>): readonly string[] {
  return (Switched.safeParse(state).data?.switched ?? []).map(textOf);
}

/** Whether somebody has to do something, although the run completed. */
export const trafficFailed = (state: Readonly<Record<string, unknown>>): boolean =>
  Switched.safeParse(state).data?.switched.some(({ outcome }) => outcome === 'failed') ?? false;

const sentence = (text: string | undefined): string => (text === undefined ? '' : ` ${text}`);

function textOf({ switch: what, outcome, before, after, said, mend }: SwitchResult): string {
  if (outcome === 'failed') return `NOT SWITCHED: ${what}:${sentence(said)}${sentence(mend)}`;
  const way = after === undefined ? '' : `: ${before ?? 'unknown'} -> ${after}`;
  return `${outcome === 'put-back' ? 'put back' : 'switched'}: ${what}${way}${said === undefined ? '' : ` (${said})`}`;
}
