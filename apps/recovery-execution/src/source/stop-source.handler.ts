import { StopSource } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { liveServer, nextToStop, stopServer } from '@lifeboat/openstack-client';
import { again, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { SourceServers } from './source-servers.ts';

const LOOK_AGAIN_MS = 1_000;

/** The planned fence. Nova has the guest shut down, and powers it off when it does not: by its own time-out. */
@DoesWork(StopSource)
export class StopSourceHandler implements WorkHandler<typeof StopSource, null> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly sites: Sites,
    private readonly servers: SourceServers,
  ) {}

  async work(
    { runId, source, metadata }: DataOf<typeof StopSource>,
    _memo: null | undefined,
    _context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof StopSource>, null>> {
    const cloud = await this.sites.open(source);
    let moving = false;
    for (const { id, name } of (await this.runs.topology(metadata)).of('server')) {
      const next = nextToStop(await liveServer(cloud, id), name);
      if (next === 'call') await this.servers.stop(runId, { id, name }, () => stopServer(cloud, id));
      moving ||= next !== 'nothing';
    }
    if (moving) return again(null, LOOK_AGAIN_MS);
    const stopped = (await this.servers.stoppedBy(runId)).map(({ id, name }) => ({ kind: 'server', id, name }));
    return done({ runId, stopped, stoppedAt: new Date().toISOString() });
  }
}
