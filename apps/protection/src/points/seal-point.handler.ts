import { SealPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { discardExpired } from './discard-expired.ts';
import { lockedPoint } from './points.ts';

@HandlesCommand(SealPoint)
export class SealPointHandler implements DecidingHandler<typeof SealPoint> {
  async decide(
    data: DataOf<typeof SealPoint>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof SealPoint>> {
    const point = await lockedPoint(tx, data.pointId, ['open', 'sealed']);
    const sealedAt = point.sealedAt ?? new Date();
    await tx.save(
      Object.assign(point, {
        state: 'sealed',
        sealedAt,
        requestedAt: new Date(data.requestedAt),
        consistency: data.consistency,
        metadata: data.metadata,
        images: data.images,
        disks: data.disks,
      }),
    );
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
