import { ReadServers } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { topology } from '@lifeboat/openstack-entity-api';
import { AnswersRequest, SETTINGS } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { Inject } from '@nestjs/common';
import { groupUnknown } from '../watch/groups.ts';
import { groupAt } from './group-at.ts';

@AnswersRequest(ReadServers)
export class ReadServersHandler implements RequestHandler<typeof ReadServers> {
  constructor(@Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_CAPTURE_KEEP_DAYS: number }) {}

  async answer(
    { groupId }: InputOf<typeof ReadServers>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadServers>> {
    const now = { at: new Date().toISOString() };
    const { site, entities } = await context.transaction((tx) =>
      groupAt(tx, groupId, now, this.settings.LIFEBOAT_CAPTURE_KEEP_DAYS),
    );
    if (site === undefined) throw groupUnknown(groupId);
    // A server that others own is not the group's to stop.
    const own = topology(entities)
      .of('server')
      .filter(({ observed }) => observed['foreign'] !== true);
    return { site, servers: own.map(({ id, name }) => ({ id, name })) };
  }
}
