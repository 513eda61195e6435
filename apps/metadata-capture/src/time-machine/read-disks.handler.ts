import { ReadDisks } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { topology } from '@lifeboat/openstack-entity-api';
import { AnswersRequest, SETTINGS } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { disksOf } from '../capture/disks.ts';
import { groupAt } from './group-at.ts';

@AnswersRequest(ReadDisks)
export class ReadDisksHandler implements RequestHandler<typeof ReadDisks> {
  constructor(@Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_KEEP_DAYS: number }) {}

  async answer({ groupId }: InputOf<typeof ReadDisks>, context: RequestContext): Promise<OutputOf<typeof ReadDisks>> {
    const now = { at: new Date().toISOString() };
    const { entities } = await context.transaction((tx) =>
      groupAt(tx, groupId, now, this.settings.LIFEBOAT_CAPTURE_KEEP_DAYS),
    );
    return { disks: disksOf(topology(entities), 'snapshot') };
  }
}
