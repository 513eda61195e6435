import { StartSource } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { liveServer, nextToStart, startServer } from '@lifeboat/openstack-client';
import { again, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { SourceServers } from './source-servers.ts';

const LOOK_AGAIN_MS = 1_000;

/** An undo: there may be none. Only what the run stopped; what a person had switched off stays so. */
@DoesWork(StartSource)
export class StartSourceHandler implements WorkHandler<typeof StartSource, null> {
  constructor(
    private readonly sites: Sites,
    private readonly servers: SourceServers,
  ) {}

  async work(
    { runId, source }: DataOf<typeof StartSource>,
    _memo: null | undefined,
    _context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof StartSource>, null>> {
    await this.servers.release(runId);
    const stopped = await this.servers.stoppedBy(runId);
    if (stopped.length === 0) return done({ runId, started: [] });
    const cloud = await this.sites.open(source);
    let moving = false;
    for (const { id, name } of stopped) {
      const next = nextToStart(await liveServer(cloud, id), name);
      if (next === 'call') await startServer(cloud, id);
      moving ||= next !== 'nothing';
    }
    if (moving) return again(null, LOOK_AGAIN_MS);
    return done({ runId, started: stopped.map(({ id, name }) => ({ kind: 'server', id, name })) });
  }
}
