import { UnpinPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { PinRow } from './point.row.ts';

@HandlesCommand(UnpinPoint)
export class UnpinPointHandler implements DecidingHandler<typeof UnpinPoint> {
  async decide(data: DataOf<typeof UnpinPoint>, tx: EntityManager): Promise<AnswerOf<typeof UnpinPoint>> {
    await tx.delete(PinRow, { runId: data.runId });
    return { runId: data.runId };
  }
}
