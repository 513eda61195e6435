import { ConsistencyMissed, SealPoint } from '@lifeboat/contracts';
import type { AnswerOf, ConsistencyLevel, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { observe } from '@lifeboat/telemetry';
import { GroupRow } from '../groups/group.row.ts';
import { PolicyRow } from '../policies/policy.row.ts';
import { discardExpired } from './discard-expired.ts';
import { letGoOfReversal } from './let-go-of-reversal.ts';
import { lockedPoint } from './points.ts';
import { reaches } from './reaches.ts';

@HandlesCommand(SealPoint)
export class SealPointHandler implements DecidingHandler<typeof SealPoint> {
  async decide(
    data: DataOf<typeof SealPoint>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof SealPoint>> {
    const point = await lockedPoint(tx, data.pointId, ['open', 'sealed']);
    const sealedAt = point.sealedAt ?? new Date();
    const consistencyMissed = await missed(tx, context, data);
    if (!point.sealedAt)
      observe('lifeboat_point_seconds', (sealedAt.getTime() - point.openedAt.getTime()) / 1_000, {
        group: data.groupId,
      });
    await tx.save(
      Object.assign(point, {
        state: 'sealed',
        sealedAt,
        requestedAt: new Date(data.requestedAt),
        consistency: data.consistency,
        consistencyMissed,
        metadata: data.metadata,
        images: data.images,
        disks: data.disks,
      }),
    );
    await letGoOfReversal(tx, context, await tx.findOneByOrFail(GroupRow, { groupId: data.groupId }));
    await discardExpired(tx, context, data.groupId);
    return {
      groupId: data.groupId,
      pointId: data.pointId,
      sealedAt: sealedAt.toISOString(),
      requestedAt: data.requestedAt,
      consistency: data.consistency,
    };
  }
}

/** The point is sealed all the same: a point of less is better than none. */
async function missed(
  tx: EntityManager,
  context: HandlerContext,
  { groupId, pointId, consistency: achieved }: DataOf<typeof SealPoint>,
): Promise<ConsistencyLevel | null> {
  const group = await tx.findOneByOrFail(GroupRow, { groupId });
  const { consistency: wanted } = await tx.findOneByOrFail(PolicyRow, { name: group.policy });
  if (!wanted || reaches(wanted, achieved)) return null;
  await context.emit(ConsistencyMissed, { groupId, pointId, wanted, achieved });
  return wanted;
}
