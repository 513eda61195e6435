import { StageEntities } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { conflict, external } from '@lifeboat/kernel';
import { readQuotas } from '@lifeboat/openstack-client';
import {
  bodyBlockers,
  clearStage,
  mappingBlockers,
  quotaBlockers,
  RunState,
  stage,
  standingOf,
} from '@lifeboat/openstack-entity-api';
import type { Rebuild, Removal } from '@lifeboat/openstack-entity-api';
import { DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { stageCounts } from './stage-counts.ts';
import { Stages } from './stages.ts';

/** The engine finds by itself how far an earlier call, or an earlier stage, came: ledger, mark, natural key. */
@DoesWork(StageEntities)
export class StageEntitiesHandler implements WorkHandler<typeof StageEntities> {
  readonly giveUpAfterMs = 60 * 60_000;

  constructor(
    private readonly stages: Stages,
    private readonly runs: RecoveryRuns,
  ) {}

  async work(
    data: DataOf<typeof StageEntities>,
    _memo: unknown,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof StageEntities>>> {
    const stageId = await context.transaction((tx) => this.stages.begin(tx, data));
    const { run, former } = await this.runs.stageOf(stageId, data, context.signal);
    await refuseBlocked(run);
    refuseLeft(await clearStage(run, former), run.cloud.site);
    // Known by what it is made before it is made.
    await context.transaction((tx) => this.runs.keepTopology(tx, stageId, run.topology));
    await stage(run);
    const { groupId, runId, target } = data;
    const standing = standingOf(await run.ledger.entries());
    return done({ groupId, runId, target, ...stageCounts(run, standing, await readQuotas(run.cloud)) });
  }
}

function refuseLeft(left: Removal['left'], site: string): void {
  if (left.length === 0) return;
  throw external(
    'stage-not-cleared',
    `Left at ${site}: ${left.map(({ kind, id, why }) => `${kind} ${id} (${why})`).join('; ')}`,
    { mend: 'Mend what keeps them; it is tried again.', data: { left } },
  );
}

/** Nothing is made that would not be whole. */
async function refuseBlocked(run: Rebuild): Promise<void> {
  const state = await RunState.load(run);
  const standing = new Set(standingOf([...state.entries.values()]).keys());
  const blockers = [
    ...quotaBlockers(state, await readQuotas(run.cloud), standing),
    ...(await mappingBlockers(state)),
    ...bodyBlockers(state),
  ];
  if (blockers.length === 0) return;
  throw conflict(
    'stage-blocked',
    `${run.cloud.site} cannot hold what is to stand there: ${blockers.map((b) => `${b.where}: ${b.message}`).join('; ')}`,
    { mend: blockers.flatMap(({ mend }) => mend ?? []).join(' '), data: { blockers } },
  );
}
