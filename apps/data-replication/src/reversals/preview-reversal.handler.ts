import { PreviewReversal } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { WaysBack } from './ways-back.ts';

@AnswersRequest(PreviewReversal)
export class PreviewReversalHandler implements RequestHandler<typeof PreviewReversal> {
  constructor(private readonly waysBack: WaysBack) {}

  async answer(input: InputOf<typeof PreviewReversal>): Promise<OutputOf<typeof PreviewReversal>> {
    return { disks: (await this.waysBack.of(input)).map(({ expected }) => expected) };
  }
}
