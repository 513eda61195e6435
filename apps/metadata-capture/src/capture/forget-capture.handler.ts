import { ForgetCapture } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { HandlesCommand } from '@lifeboat/service-kit';
import type { DecidingHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { forgetPoint } from './store.ts';

@HandlesCommand(ForgetCapture)
export class ForgetCaptureHandler implements DecidingHandler<typeof ForgetCapture> {
  async decide(data: DataOf<typeof ForgetCapture>, tx: EntityManager): Promise<AnswerOf<typeof ForgetCapture>> {
    await forgetPoint(tx, data.pointId);
    return { pointId: data.pointId };
  }
}
