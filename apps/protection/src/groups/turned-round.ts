import type { Mappings } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import type { CommitmentRow } from './commitments.ts';
import { lastCommitment } from './commitments.ts';
import type { GroupRow } from './group.row.ts';
import { refuseHeld } from './hold.ts';
import { invertedMappings } from './inverted-mappings.ts';

export interface TurnedRound {
  /** By which the group serves where it does. */
  readonly commitment: CommitmentRow;
  readonly primary: string;
  readonly recovery: string;
  readonly mappings: Mappings;
}

/** What a re-protection would make of a group. Refused unless it was failed over, is held by nobody, and its mappings can be inverted or were given. */
export async function turnedRound(
  tx: EntityManager,
  group: GroupRow,
  mappings: Mappings | undefined,
): Promise<TurnedRound> {
  refuseHeld(group);
  const commitment = await lastCommitment(tx, group.groupId);
  if (group.state !== 'failed-over' || !commitment)
    throw illegalState(
      'group-not-failed-over',
      `Group ${group.groupId} is ${group.state}: only one that was failed over is protected anew.`,
      { mend: 'To move it: "lifeboat run failover --planned".' },
    );
  return {
    commitment,
    primary: group.recovery,
    recovery: group.primary,
    mappings: mappings ?? invertedMappings(group.mappings),
  };
}
