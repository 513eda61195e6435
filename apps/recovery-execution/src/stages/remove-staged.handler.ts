import { RemoveStaged, StageEntities } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { external } from '@lifeboat/kernel';
import { findLeaks, removeAll, RunState } from '@lifeboat/openstack-entity-api';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from '../recovery/recovery-runs.ts';
import { Stages } from './stages.ts';

interface Memo {
  readonly stages: readonly string[];
  readonly quiet: boolean;
  readonly tries: number;
  readonly removed: number;
}

const TRIES = 20;
const AGAIN_MS = 2_000;
const LOOK_AGAIN_MS = 300;

/** Ends what is being staged, waits until nobody is at it, and then removes by mark; that nothing is left is looked for in the cloud. */
@DoesWork(RemoveStaged)
export class RemoveStagedHandler implements WorkHandler<typeof RemoveStaged, Memo> {
  constructor(
    private readonly stages: Stages,
    private readonly runs: RecoveryRuns,
  ) {}

  async work(
    data: DataOf<typeof RemoveStaged>,
    memo: Memo | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof RemoveStaged>, Memo>> {
    const { groupId, runId } = data;
    if (!memo) {
      const stages = await context.transaction((tx) => this.stages.close(tx, data));
      // What a run took up nobody was at since.
      return again({ stages, quiet: 'takenUpBy' in data.of, tries: 0, removed: 0 }, 0);
    }
    if (!memo.quiet && 'target' in data.of) {
      const { target } = data.of;
      const quiet = await context.transaction((_tx, out) => out.cancel(StageEntities, { groupId, target }));
      return again({ ...memo, quiet }, quiet ? 0 : LOOK_AGAIN_MS);
    }
    const { removed, left } = await this.remove(memo, context);
    if (left.length === 0) {
      await context.transaction((tx) => this.stages.forget(tx, memo.stages));
      return done({ runId, removed: memo.removed + removed });
    }
    if (memo.tries < TRIES) return again({ ...memo, tries: memo.tries + 1, removed: memo.removed + removed }, AGAIN_MS);
    throw external('entities-left', `Left of what stood staged of group ${groupId}: ${left.join('; ')}`, {
      mend: 'Mend what keeps them, then retry the run.',
      data: { left },
    });
  }

  private async remove({ stages }: Memo, { signal }: WorkContext) {
    let removed = 0;
    const left: string[] = [];
    for (const stageId of stages) {
      const input = await this.runs.knownInput(stageId);
      const run = await this.runs.rebuildOf(input, signal);
      const result = await removeAll(run);
      removed += result.removed;
      left.push(...result.left.map(({ kind, id, why }) => `${kind} ${id} at ${input.target} (${why})`));
      if (result.left.length > 0) continue;
      const { leaks } = await findLeaks(await RunState.load(run));
      left.push(...leaks.map(({ kind, id }) => `${kind} ${id} at ${input.target}`));
    }
    return { removed, left };
  }
}
