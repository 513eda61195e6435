import { conflict, illegalState } from '@lifeboat/kernel';
import type { GroupRow } from './group.row.ts';

type Holdable = Pick<GroupRow, 'groupId' | 'heldBy' | 'heldFor' | 'fenceToken' | 'state'>;

/** For what no two runs may do at a time. */
export function refuseHeld({ groupId, heldBy }: Pick<Holdable, 'groupId' | 'heldBy'>): void {
  if (heldBy)
    throw conflict('run-in-progress', `Group ${groupId} is held by run ${heldBy}.`, {
      mend: 'Wait for it to end, or abort it.',
    });
}

/** For what needs a group that is protected and that no run holds. */
export function refuseInUse(group: Pick<Holdable, 'groupId' | 'heldBy' | 'state'>): void {
  if (group.state === 'protected' && !group.heldBy) return;
  throw conflict(
    'group-in-use',
    `Group ${group.groupId} is ${group.state}${group.heldBy ? `, held by run ${group.heldBy}` : ''}: that cannot be done now.`,
    {
      mend:
        group.state === 'failed-over' && !group.heldBy
          ? `Protect it where it runs: "lifeboat run reprotect ${group.groupId}".`
          : 'Wait for that run to end, or abort it.',
    },
  );
}

/** For what has a meaning only as long as the group runs at its primary. */
export function refuseFailedOver({ groupId, state, recovery }: Pick<GroupRow, 'groupId' | 'state' | 'recovery'>): void {
  if (state === 'failed-over')
    throw illegalState('already-failed-over', `Group ${groupId} runs at ${recovery} already.`, {
      mend: `Protect it there: "lifeboat run reprotect ${groupId}".`,
    });
}

/** Who holds a group: one run at a time; each new holder gets a higher fence token. Asking twice is the same as once. */
export function hold(group: Holdable, runId: string, purpose: string): Holdable {
  if (group.heldBy === runId) return group;
  if (group.heldBy)
    throw conflict(
      'run-in-progress',
      `Group ${group.groupId} is held by run ${group.heldBy} (${group.heldFor ?? 'unknown purpose'}).`,
      {
        mend: 'Wait for that run to end, or abort it.',
        data: { heldBy: group.heldBy },
      },
    );
  return {
    ...group,
    heldBy: runId,
    heldFor: purpose,
    fenceToken: group.fenceToken + 1,
    state: purpose === 'failover' ? 'failing-over' : group.state,
  };
}

/** Quiet when the run never held it, or another one does by now. */
export function letGo(group: Holdable, runId: string): Holdable {
  if (group.heldBy !== runId) return group;
  return { ...group, heldBy: null, heldFor: null, state: group.state === 'failing-over' ? 'protected' : group.state };
}

function refuseStale(group: Holdable, runId: string, fenceToken: number): void {
  if (group.heldBy !== runId || group.fenceToken !== fenceToken)
    throw illegalState(
      'fence-lost',
      `Run ${runId} does not hold group ${group.groupId} any more (token ${fenceToken}, now ${group.fenceToken}).`,
      {
        mend: 'Look at the run that holds the group now; this one must not go on.',
      },
    );
}

/** The point of no return. A stale holder is refused by its token. Committing twice is the same as once. */
export function commit(group: Holdable, runId: string, fenceToken: number): Holdable {
  refuseStale(group, runId, fenceToken);
  return { ...group, state: 'failed-over' };
}

type Roles = Pick<GroupRow, 'primary' | 'recovery'>;

/** Where it runs is its primary from now on, and it is protected again. A stale holder is refused by its token. Turning twice is the same as once. */
export function reverse(group: Holdable & Roles, runId: string, fenceToken: number, to: Roles): Holdable & Roles {
  refuseStale(group, runId, fenceToken);
  if (group.state === 'protected' && group.primary === to.primary && group.recovery === to.recovery) return group;
  if (group.state !== 'failed-over' || group.recovery !== to.primary || group.primary !== to.recovery)
    throw illegalState(
      'group-not-failed-over',
      `Group ${group.groupId} is ${group.state} from ${group.primary} to ${group.recovery}: it cannot be turned to ${to.primary}.`,
    );
  return { ...group, ...to, state: 'protected' };
}
