import { QuarantineSource } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, ServedByBoth } from '@lifeboat/contracts';
import { liveServer, nextToStop, stopServer } from '@lifeboat/openstack-client';
import { again, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { setDown } from './set-down.ts';
import { SourceServers } from './source-servers.ts';

type Data = DataOf<typeof QuarantineSource>;
type Answer = AnswerOf<typeof QuarantineSource>;

const LOOK_AGAIN_MS = 1_000;

/** What came back with its site is stopped, and stays so whatever becomes of the run: the group serves elsewhere. An empty site has nothing to stop. */
@DoesWork(QuarantineSource)
export class QuarantineSourceHandler implements WorkHandler<typeof QuarantineSource, null> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly sites: Sites,
    private readonly servers: SourceServers,
  ) {}

  async work(
    { runId, ofRunId, source, since, portsDown }: Data,
    _memo: null | undefined,
    _context: WorkContext,
  ): Promise<WorkOutcome<Answer, null>> {
    const cloud = await this.sites.open(source);
    // Also where no server is left to be asked for: a site that does not answer is not known to be quiet.
    await cloud.identity.get('/auth/catalog');
    const topology = await this.runs.topologyOf(await this.runs.knownInput(ofRunId));
    // First: from here on nobody hears them, however long they take to stop.
    const down = portsDown && (await setDown(cloud, topology.of('port')));
    let [moving, gone] = [false, 0];
    for (const { id, name } of topology.of('server')) {
      const live = await liveServer(cloud, id);
      const next = nextToStop(live, name);
      if (next === 'call') await this.servers.stop(runId, { id, name }, () => stopServer(cloud, id));
      moving ||= next !== 'nothing';
      if (!live) gone += 1;
    }
    if (moving) return again(null, LOOK_AGAIN_MS);
    const stopped = (await this.servers.stoppedBy(runId)).map(({ id, name }) => ({ kind: 'server', id, name }));
    const until = new Date().toISOString();
    return done({
      runId,
      stopped,
      gone,
      servedByBoth: stopped.map((one): ServedByBoth => ({ ...one, from: since, until })),
      ...(down !== undefined && { portsDown: down }),
    });
  }
}
