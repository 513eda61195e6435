import { StopWatching } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { WatchedSites } from './watched-sites.ts';

@AnswersRequest(StopWatching)
export class StopWatchingHandler implements RequestHandler<typeof StopWatching> {
  constructor(private readonly sites: WatchedSites) {}

  async answer({ groupId }: InputOf<typeof StopWatching>): Promise<OutputOf<typeof StopWatching>> {
    await this.sites.stop(groupId);
    return {};
  }
}
