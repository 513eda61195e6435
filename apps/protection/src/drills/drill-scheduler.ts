import type { DrillSchedule } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { Database, Every, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { lockedGroup } from '../groups/groups.ts';
import { beginDrill } from './begin-drill.ts';
import { dueDrills } from './due-drills.ts';
import { readRehearsable } from './rehearsals.ts';

const TICK_MS = 5_000;

/** Rehearses groups as policies ask, each in a transaction of its own. Several instances may run: who has the lock on the group's row looks again. */
@Injectable()
export class DrillScheduler {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Every(TICK_MS)
  async tick(): Promise<void> {
    const due = dueDrills(await this.database.transaction((tx) => readRehearsable(tx)), new Date());
    for (const { groupId } of due)
      // Others do not wait for the one that cannot be begun.
      await this.rehearse(groupId).catch((err: unknown) =>
        this.log.warn({ groupId, err }, 'a drill that is due did not begin; it is tried again'),
      );
  }

  private rehearse(groupId: string): Promise<void> {
    return this.database.transaction(async (tx, out) => {
      const group = await lockedGroup(tx, groupId);
      const [still] = dueDrills(await readRehearsable(tx, groupId), new Date());
      if (still) await beginDrill(tx, out, group, asked(groupId, still.drills));
    });
  }
}

/** Nobody is there to answer a prompt. */
const asked = (groupId: string, { keepForSeconds }: DrillSchedule) => ({
  groupId,
  runId: newId(),
  reason: 'schedule',
  skipPrompts: true as const,
  ...(keepForSeconds !== undefined && { keepForSeconds }),
});
