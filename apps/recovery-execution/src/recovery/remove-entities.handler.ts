import { ProbeWave, RecreateEntities, RemoveEntities, RunHooks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { external } from '@lifeboat/kernel';
import { removeAll } from '@lifeboat/openstack-entity-api';
import { again, Database, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from './recovery-runs.ts';
import { isShared } from './stored-shares.ts';

const TRIES = 20;
const AGAIN_MS = 2_000;
const LOOK_AGAIN_MS = 300;

/** Ends the recreation, hooks and probes first and waits until nobody is at it: what a call under way still makes would be found by nobody. What is in use for a while (a volume being detached, a port being unplugged) goes at a later try. */
@DoesWork(RemoveEntities)
export class RemoveEntitiesHandler implements WorkHandler<typeof RemoveEntities, { tries: number; removed: number }> {
  constructor(
    private readonly runs: RecoveryRuns,
    private readonly database: Database,
  ) {}

  async work(
    data: DataOf<typeof RemoveEntities>,
    memo: { tries: number; removed: number } | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof RemoveEntities>, { tries: number; removed: number }>> {
    const nobodyThere = await context.transaction(async (tx, out) => {
      await this.runs.close(tx, data.runId);
      const run = { runId: data.runId };
      const made = await out.cancel(RecreateEntities, run);
      const called = await out.cancel(RunHooks, run);
      const probed = await out.cancel(ProbeWave, run);
      return made && called && probed && !(await isShared(this.database, tx, data.runId));
    });
    if (!nobodyThere) return again(memo ?? { tries: 0, removed: 0 }, LOOK_AGAIN_MS);
    const input = await this.runs.input(data.runId);
    if (!input) return done({ runId: data.runId, removed: 0 });
    const result = await removeAll(await this.runs.rebuildOf(input, context.signal));
    const removed = (memo?.removed ?? 0) + result.removed;
    if (result.left.length === 0) return done({ runId: data.runId, removed });
    const tries = (memo?.tries ?? 0) + 1;
    if (tries < TRIES) return again({ tries, removed }, AGAIN_MS);
    throw external(
      'entities-left',
      `Left at ${input.target}: ${result.left.map((l) => `${l.kind} ${l.id} (${l.why})`).join('; ')}`,
      { mend: 'Mend what keeps them, then retry the run.', data: { left: result.left } },
    );
  }
}
