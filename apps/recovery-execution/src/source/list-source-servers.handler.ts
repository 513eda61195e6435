import { ListSourceServers } from '@lifeboat/contracts';
import type { InputOf, OutputOf, SourceServer } from '@lifeboat/contracts';
import { atRest, liveServer } from '@lifeboat/openstack-client';
import { AnswersRequest, Sites } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';

@AnswersRequest(ListSourceServers)
export class ListSourceServersHandler implements RequestHandler<typeof ListSourceServers> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly sites: Sites,
  ) {}

  async answer({ ofRunId, source }: InputOf<typeof ListSourceServers>): Promise<OutputOf<typeof ListSourceServers>> {
    const input = await this.runs.knownInput(ofRunId);
    const cloud = await this.sites.open(source);
    await cloud.identity.get('/auth/catalog');
    const servers: SourceServer[] = [];
    for (const { id, name } of (await this.runs.topologyOf(input)).of('server')) {
      const live = await liveServer(cloud, id);
      if (live) servers.push({ id, name, status: live.status, runs: !atRest(live) });
    }
    return { servers };
  }
}
