import { UnpinPoint } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { discardLetGo } from './former-points.ts';

@HandlesCommand(UnpinPoint)
export class UnpinPointHandler implements DecidingHandler<typeof UnpinPoint> {
  async decide(
    data: DataOf<typeof UnpinPoint>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof UnpinPoint>> {
    await discardLetGo(tx, context, data);
    return { runId: data.runId };
  }
}
