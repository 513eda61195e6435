import { UnpinPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { discardLetGo } from './former-points.ts';
import { PinRow } from './point.row.ts';

@HandlesCommand(UnpinPoint)
export class UnpinPointHandler implements DecidingHandler<typeof UnpinPoint> {
  async decide(
    data: DataOf<typeof UnpinPoint>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof UnpinPoint>> {
    const pins = await tx.findBy(PinRow, { runId: data.runId });
    await tx.delete(PinRow, { runId: data.runId });
    await discardLetGo(
      tx,
      context,
      pins.map(({ pointId }) => pointId),
    );
    return { runId: data.runId };
  }
}
