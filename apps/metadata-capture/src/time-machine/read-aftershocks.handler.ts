import { ReadAftershocks } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { entities } from '@lifeboat/openstack-entities';
import { aftershocksOf, topology } from '@lifeboat/openstack-entity-api';
import { AnswersRequest, SETTINGS } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { Sealer } from '../capture/sealer.ts';
import { groupAt } from './group-at.ts';
import { pageOf } from './page.ts';

@AnswersRequest(ReadAftershocks)
export class ReadAftershocksHandler implements RequestHandler<typeof ReadAftershocks> {
  constructor(
    private readonly sealer: Sealer,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_KEEP_DAYS: number },
  ) {}

  async answer(
    { groupId, when, cursor = 0 }: InputOf<typeof ReadAftershocks>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadAftershocks>> {
    const then = await context.transaction((tx) =>
      groupAt(tx, groupId, when, this.settings.LIFEBOAT_CAPTURE_KEEP_DAYS),
    );
    const { page, next } = pageOf(aftershocksOf(topology(then.entities), entities, this.sealer.open), cursor);
    return { aftershocks: [...page], ...(next !== undefined && { next }), ...(then.gap && { gap: then.gap }) };
  }
}
