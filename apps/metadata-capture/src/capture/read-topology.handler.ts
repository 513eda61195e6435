import { ReadTopology } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { AnswersRequest, SETTINGS } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { shown } from '../time-machine/compare.ts';
import { groupAt } from '../time-machine/group-at.ts';
import { pageOf } from '../time-machine/page.ts';
import { readPage } from './store.ts';

@AnswersRequest(ReadTopology)
export class ReadTopologyHandler implements RequestHandler<typeof ReadTopology> {
  constructor(@Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_KEEP_DAYS: number }) {}

  async answer(
    { metadata, asOf, cursor = 0 }: InputOf<typeof ReadTopology>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadTopology>> {
    if (metadata !== undefined)
      return (await context.transaction((tx) => readPage(tx, metadata, cursor))) as OutputOf<typeof ReadTopology>;
    if (!asOf)
      throw invalidInput('topology-unnamed', 'Neither a content address nor a group and an instant were given.', {
        mend: 'Give one of them.',
      });
    const { entities, gap } = await context.transaction((tx) =>
      groupAt(tx, asOf.groupId, asOf.when, this.settings.LIFEBOAT_CAPTURE_KEEP_DAYS),
    );
    const { page, next } = pageOf(entities, cursor);
    return {
      entities: shown([...page]) as never,
      ...(next !== undefined && { next }),
      ...(gap && { gap }),
    };
  }
}
