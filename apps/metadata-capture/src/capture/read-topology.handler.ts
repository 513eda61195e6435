import { ReadTopology } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { readPage } from './store.ts';

@AnswersRequest(ReadTopology)
export class ReadTopologyHandler implements RequestHandler<typeof ReadTopology> {
  async answer(
    { metadata, cursor }: InputOf<typeof ReadTopology>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadTopology>> {
    return (await context.transaction((tx) => readPage(tx, metadata, cursor ?? 0))) as OutputOf<typeof ReadTopology>;
  }
}
