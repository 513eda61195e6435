import { HoldVerb } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Tasks } from './tasks.ts';

@AnswersRequest(HoldVerb)
export class HoldVerbHandler implements RequestHandler<typeof HoldVerb> {
  constructor(private readonly tasks: Tasks) {}

  async answer({ taskId, call, worker, bytes }: InputOf<typeof HoldVerb>): Promise<OutputOf<typeof HoldVerb>> {
    return this.tasks.hold(taskId, call, worker, bytes);
  }
}
