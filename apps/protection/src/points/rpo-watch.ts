import { RpoAtRisk, RpoKept } from '@lifeboat/contracts';
import { Database, Every } from '@lifeboat/service-kit';
import type { Outgoing } from '@lifeboat/service-kit';
import { setGauges } from '@lifeboat/telemetry';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { readPlannable } from './plannable.ts';
import { expectedMs, riskOf } from './rpo-plan.ts';
import type { Schedulable } from './schedule.ts';

const LOOK_MS = 5_000;

/** Says when the RPO of a group cannot be kept, once, and when it can again. */
@Injectable()
export class RpoWatch {
  constructor(private readonly database: Database) {}

  @Every(LOOK_MS)
  async look(): Promise<void> {
    const now = new Date();
    const groups = await this.database.transaction(async (tx, out) => {
      const planned = await readPlannable(tx);
      await sayChanges(tx, out, planned, now);
      return planned;
    });
    setGauges(
      'lifeboat_rpo_at_risk',
      groups.map((one) => ({ labels: { group: one.groupId }, value: riskOf(one, now) === undefined ? 0 : 1 })),
    );
    setGauges(
      'lifeboat_point_expected_seconds',
      groups.flatMap((one) => {
        const takes = expectedMs(one.made);
        return takes === undefined ? [] : [{ labels: { group: one.groupId }, value: takes / 1_000 }];
      }),
    );
  }
}

/** What was said last stands in the group's row. */
async function sayChanges(tx: EntityManager, out: Outgoing, planned: readonly Schedulable[], now: Date): Promise<void> {
  const known = await tx.find(GroupRow, { where: { groupId: In(planned.map(({ groupId }) => groupId)) } });
  const wasAtRisk = new Map(known.map(({ groupId, rpoAtRisk }) => [groupId, rpoAtRisk]));
  for (const group of planned) {
    const why = riskOf(group, now);
    if (wasAtRisk.get(group.groupId) === (why !== undefined)) continue;
    const changed: [unknown[], number] = await tx.query(
      `update protection_group set rpo_at_risk = $2 where group_id = $1 and rpo_at_risk <> $2 returning group_id`,
      [group.groupId, why !== undefined],
    );
    if (changed[1] > 0) await say(out, group, why, now);
  }
}

async function say(out: Outgoing, group: Schedulable, why: string | undefined, now: Date): Promise<void> {
  const { groupId, rpoSeconds, lastRequestedAt, made } = group;
  if (why === undefined) return out.emit(RpoKept, { groupId, rpoSeconds });
  const takes = expectedMs(made);
  await out.emit(RpoAtRisk, {
    groupId,
    rpoSeconds,
    why,
    ...(lastRequestedAt && { ageSeconds: (now.getTime() - lastRequestedAt.getTime()) / 1_000 }),
    ...(takes !== undefined && { expectedSeconds: takes / 1_000 }),
  });
}
