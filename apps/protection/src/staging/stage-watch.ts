import { asLifeboatError } from '@lifeboat/kernel';
import { Database, Every, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockedGroup } from '../groups/groups.ts';
import { GroupRow } from '../groups/group.row.ts';
import { GroupStageRow } from './group-stage.row.ts';
import { stagingDue } from './staging-due.ts';
import { startStage, startUnstage } from './start-stage.ts';
import { wantedStage } from './wanted-stage.ts';

const LOOK_MS = 5_000;

/** Keeps groups warm as their policies ask, each in a transaction of its own: after each sealed point, and after whatever has held the group. No point waits for it. */
@Injectable()
export class StageWatch {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    const groups = await this.database.query<{ groupId: string }[]>(
      `select g.group_id as "groupId" from protection_group g join policy p on p.name = g.policy
       where g.state = 'protected' and g.held_by is null
         and (p.staging = 'warm' or exists (select from group_stage s where s.group_id = g.group_id))`,
    );
    for (const { groupId } of groups)
      await this.lookAt(groupId).catch((thrown: unknown) =>
        this.log.warn({ err: asLifeboatError(thrown), groupId }, 'what is to be staged of a group is not known'),
      );
  }

  /** Without its lock first: most have nothing due. */
  private async lookAt(groupId: string): Promise<void> {
    const seen = await this.database.transaction(async (tx) => dueOf(tx, await tx.findOneBy(GroupRow, { groupId })));
    if (seen?.due === undefined) return;
    await this.database.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, groupId);
      const now = await dueOf(tx, group);
      if (now?.due === 'unstage') await startUnstage(tx, out, groupId, 'nothing is to be staged there any more');
      if (now?.due === 'stage' && now.source && now.what !== undefined)
        await startStage(tx, out, group, { ...now.source, what: now.what });
    });
  }
}

async function dueOf(tx: EntityManager, group: GroupRow | null) {
  if (!group || group.state !== 'protected' || group.heldBy) return undefined;
  const { wanted, source } = await wantedStage(tx, group);
  const known = await tx.findOneBy(GroupStageRow, { groupId: group.groupId });
  return { due: stagingDue(wanted, known, new Date()), source, what: wanted === 'cold' ? undefined : wanted.what };
}
