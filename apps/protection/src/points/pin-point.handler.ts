import { PinPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { lockedGroup } from '../groups/groups.ts';
import { SiteRow } from '../sites/site.row.ts';
import { PinRow } from './point.row.ts';
import { lockedPoint, newestServing } from './points.ts';
import { rpoSeconds } from './rpo.ts';

@HandlesCommand(PinPoint)
export class PinPointHandler implements DecidingHandler<typeof PinPoint> {
  async decide(data: DataOf<typeof PinPoint>, tx: EntityManager): Promise<AnswerOf<typeof PinPoint>> {
    const group = await lockedGroup(tx, data.groupId);
    const already = await tx.findOneBy(PinRow, { runId: data.runId });
    const pointId = already?.pointId ?? data.pointId ?? (await newestSealed(tx, data.groupId));
    const point = await lockedPoint(tx, pointId, ['sealed']);
    if (point.groupId !== data.groupId || !point.metadata || !point.requestedAt || !point.consistency)
      throw illegalState(
        'point-not-usable',
        `Recovery point ${pointId} is no complete point of group ${data.groupId}.`,
      );
    if (!already) await tx.insert(PinRow, { runId: data.runId, pointId, groupId: data.groupId });
    const primary = await tx.findOneBy(SiteRow, { name: group.primary });
    return {
      groupId: data.groupId,
      runId: data.runId,
      pointId,
      primary: group.primary,
      recovery: group.recovery,
      metadata: point.metadata,
      images: point.images,
      disks: point.disks,
      mappings: group.mappings,
      requestedAt: point.requestedAt.toISOString(),
      consistency: point.consistency,
      rpoSeconds: rpoSeconds(point.requestedAt, primary?.lastSeenAt ?? null),
    };
  }
}

async function newestSealed(tx: EntityManager, groupId: string): Promise<string> {
  const newest = await newestServing(tx, groupId);
  if (!newest)
    throw illegalState('no-recovery-point', `Group ${groupId} has no sealed recovery point.`, {
      mend: 'Nothing can be recovered before one is made: "lifeboat point make".',
    });
  return newest.pointId;
}
