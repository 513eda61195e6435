import type { Bandwidth } from '@lifeboat/contracts';
import { bandwidthAt } from './bandwidth-at.ts';

/** Verbs that carry bytes away from the source; what a recovery does is never slowed down. */
export const PACED: readonly string[] = ['transfer', 'reverse'];

/** Pure: what one of so many calls of a group may send now, bytes per second. */
export function shareOf(rules: readonly Bandwidth[] | null, calls: number, now: Date): number | undefined {
  const all = rules === null ? undefined : bandwidthAt(rules, now);
  return all === undefined ? undefined : Math.max(1, Math.floor(all / Math.max(1, calls)));
}

/** SQL: the rules of a task's group, and how many of its calls carry bytes now. `task` names its row, `paced` the parameter that holds `PACED`. */
export const shareColumns = (task: string, paced: string): string =>
  `(select bandwidth from group_bandwidth b where b.group_id = ${task}.request->'point'->>'groupId') as bandwidth,
   (select count(*)::int from task o where o.request->'point'->>'groupId' = ${task}.request->'point'->>'groupId'
      and o.state in ('waiting', 'asked') and o.request->>'verb' = any(${paced})) as calls`;
