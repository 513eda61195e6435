import { RecreateEntities, StageEntities } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { unavailable } from '@lifeboat/kernel';
import { clearStage, makeWay, rebuild, RunState, STAGED } from '@lifeboat/openstack-entity-api';
import type { Rebuild } from '@lifeboat/openstack-entity-api';
import { again, Database, DoesWork, done, LOGGER } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject } from '@nestjs/common';
import { Stages } from '../stages/stages.ts';
import { RecoveryRuns } from './recovery-runs.ts';
import { StoredLedger } from './stored-ledger.ts';
import { StoredShares } from './stored-shares.ts';

type Input = DataOf<typeof RecreateEntities>;

const LOOK_AGAIN_MS = 100;
/** The memo once all that one process alone has to do is done. */
const SHARED = 'shared';

/**
 * The engine finds by itself how far an earlier call came: ledger, mark, natural key. A wave is such a call, with fewer servers withheld. Every process of the
 * service takes part: each makes what no other is at, and the one that holds the command answers when all stands.
 */
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
    memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof RecreateEntities>>> {
    await this.runs.remember(data);
    if (memo !== SHARED && data.staged && !(await this.takenUp(data, context))) return again(null, LOOK_AGAIN_MS);
    const run = await this.runs.rebuildOf(data, context.signal);
    if (memo !== SHARED) {
      await makeWay(await RunState.load(run));
      await context.saveMemo(SHARED);
    }
    return done({ runId: data.runId, entities: await this.makeShares(run, data) });
  }

  async help(data: Input, memo: unknown, { signal }: Pick<WorkContext, 'signal'>): Promise<void> {
    if (memo === SHARED) await this.makeShares(await this.runs.rebuildOf(data, signal), data);
  }

  private async makeShares(run: Rebuild, { runId, withheld }: Input): Promise<number> {
    const shares = new StoredShares(this.database, this.runs, runId);
    try {
      const signal = AbortSignal.any([run.signal, shares.lost]);
      return await rebuild({ ...run, shares, ledger: shares.ledger, signal }, withheld);
    } catch (thrown) {
      if (!shares.lost.aborted || run.signal.aborted) throw thrown;
      throw unavailable('share-lost', `What this process was making for run ${runId} was taken over by another.`, {
        cause: thrown,
      });
    } finally {
      await shares.close();
    }
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
