import { RecreateEntities, StageEntities } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { clearStage, rebuild, STAGED } from '@lifeboat/openstack-entity-api';
import { again, Database, DoesWork, done, LOGGER } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject } from '@nestjs/common';
import { Stages } from '../stages/stages.ts';
import { RecoveryRuns } from './recovery-runs.ts';
import { StoredLedger } from './stored-ledger.ts';

type Input = DataOf<typeof RecreateEntities>;

const LOOK_AGAIN_MS = 100;

/** The engine finds by itself how far an earlier call came: ledger, mark, natural key. A wave is such a call, with fewer servers withheld. */
@DoesWork(RecreateEntities)
export class RecreateEntitiesHandler implements WorkHandler<typeof RecreateEntities> {
  readonly giveUpAfterMs = 60 * 60_000;

  constructor(
    private readonly runs: RecoveryRuns,
    private readonly stages: Stages,
    private readonly database: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async work(
    data: Input,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof RecreateEntities>>> {
    await this.runs.remember(data);
    if (data.staged && !(await this.takenUp(data, context))) return again(null, LOOK_AGAIN_MS);
    const run = await this.runs.rebuildOf(data, context.signal);
    return done({ runId: data.runId, entities: await rebuild(run, data.withheld) });
  }

  /** Nobody stages any more, and what could not serve is out of the way: once, before anything of it serves. What would not go is left, and made anew beside it. */
  private async takenUp(data: Input, context: WorkContext): Promise<boolean> {
    const { groupId, target, runId } = data;
    const { stageId, quiet } = await context.transaction(async (tx, out) => ({
      stageId: await this.stages.takeUp(tx, data, runId),
      quiet: await out.cancel(StageEntities, { groupId, target }),
    }));
    if (!quiet || stageId === undefined) return quiet;
    if ((await new StoredLedger(this.database, runId).entries()).some(({ how }) => how === STAGED)) return true;
    const { run, former } = await this.runs.stageOf(stageId, data, context.signal);
    const left = await clearStage(run, former);
    if (left.length > 0) this.log.warn({ groupId, runId, left }, 'of what stood staged something is in the way');
    return true;
  }
}
