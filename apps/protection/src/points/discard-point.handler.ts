import { DiscardPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { conflict } from '@lifeboat/kernel';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { PinRow, PointRow } from './point.row.ts';

@HandlesCommand(DiscardPoint)
export class DiscardPointHandler implements DecidingHandler<typeof DiscardPoint> {
  async decide(data: DataOf<typeof DiscardPoint>, tx: EntityManager): Promise<AnswerOf<typeof DiscardPoint>> {
    const pin = await tx.findOneBy(PinRow, { pointId: data.pointId });
    if (pin)
      throw conflict('point-pinned', `Recovery point ${data.pointId} is served from by run ${pin.runId}.`, {
        mend: 'Clean that run up first.',
      });
    // An undo too: there may never have been a point.
    await tx.update(PointRow, { pointId: data.pointId }, { state: 'discarded' });
    return { pointId: data.pointId };
  }
}
