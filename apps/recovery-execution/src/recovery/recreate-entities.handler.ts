import { RecreateEntities } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { rebuild } from '@lifeboat/openstack-entity-api';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from './recovery-runs.ts';

/** The engine finds by itself how far an earlier call came: ledger, mark, natural key. A wave is such a call, with fewer servers withheld. */
@DoesWork(RecreateEntities)
export class RecreateEntitiesHandler implements WorkHandler<typeof RecreateEntities> {
  readonly giveUpAfterMs = 60 * 60_000;

  constructor(private readonly runs: RecoveryRuns) {}

  async work(
    data: DataOf<typeof RecreateEntities>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof RecreateEntities>>> {
    await this.runs.remember(data);
    const run = await this.runs.rebuildOf(data, context.signal);
    return done({ runId: data.runId, entities: await rebuild(run, data.withheld) });
  }
}
