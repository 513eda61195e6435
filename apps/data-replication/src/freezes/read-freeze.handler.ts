import { ReadFreeze } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { Freezes } from './freezes.ts';

@AnswersRequest(ReadFreeze)
export class ReadFreezeHandler implements RequestHandler<typeof ReadFreeze> {
  constructor(private readonly freezes: Freezes) {}

  async answer({ pointId }: InputOf<typeof ReadFreeze>): Promise<OutputOf<typeof ReadFreeze>> {
    const freeze = await this.freezes.of(pointId);
    return { released: freeze !== undefined && freeze.releasedAt !== null };
  }
}
