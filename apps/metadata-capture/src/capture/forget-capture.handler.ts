import { CaptureGroup, ForgetCapture, RestoreCapture } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler, HandlerContext } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { forgetPoint } from './store.ts';

@HandlesCommand(ForgetCapture)
export class ForgetCaptureHandler implements DecidingHandler<typeof ForgetCapture> {
  async decide(
    data: DataOf<typeof ForgetCapture>,
    tx: EntityManager,
    context: HandlerContext,
  ): Promise<AnswerOf<typeof ForgetCapture>> {
    // First: what a capture still under way has stored by then is forgotten too, and it calls the site no more, which may be lost.
    await context.cancel(CaptureGroup, { pointId: data.pointId });
    await context.cancel(RestoreCapture, { pointId: data.pointId });
    await forgetPoint(tx, data.pointId);
    return { pointId: data.pointId };
  }
}
