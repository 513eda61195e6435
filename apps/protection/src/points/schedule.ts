import { nextStartAt } from './rpo-plan.ts';
import type { Plannable } from './rpo-plan.ts';

/** A group as the scheduler sees it. */
export interface Schedulable extends Plannable {
  readonly groupId: string;
  /** One was begun so lately, and led to nothing, that it is too early to try again. */
  readonly tooEarly: boolean;
}

/** Pure: which groups are due for a point. */
export function duePoints(groups: readonly Schedulable[], now: Date): readonly string[] {
  return groups
    .filter((group) => group.rpoSeconds > 0 && !group.idle && !group.openedAt && !group.tooEarly)
    .filter((group) => nextStartAt(group, now).getTime() <= now.getTime())
    .map((group) => group.groupId);
}
