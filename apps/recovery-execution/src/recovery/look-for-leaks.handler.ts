import { LookForLeaks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { external } from '@lifeboat/kernel';
import { findLeaks, RunState } from '@lifeboat/openstack-entity-api';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { RecoveryRuns } from './recovery-runs.ts';

const TRIES = 10;
const AGAIN_MS = 2_000;

/** Not by what the ledgers say was removed, but by what the cloud still lists. What is on its way out is looked for again. */
@DoesWork(LookForLeaks)
export class LookForLeaksHandler implements WorkHandler<typeof LookForLeaks, { tries: number }> {
  constructor(private readonly runs: RecoveryRuns) {}

  async work(
    { runId }: DataOf<typeof LookForLeaks>,
    memo: { tries: number } | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof LookForLeaks>, { tries: number }>> {
    const input = await this.runs.input(runId);
    if (!input) return done({ runId, looked: 0, leaks: [] });
    const { looked, leaks } = await findLeaks(await RunState.load(await this.runs.rebuildOf(input, context.signal)));
    if (leaks.length === 0) return done({ runId, looked, leaks: [] });
    const tries = (memo?.tries ?? 0) + 1;
    if (tries < TRIES) return again({ tries }, AGAIN_MS);
    throw external(
      'leaks-left',
      `Left of run ${runId} at ${input.target}: ${leaks.map(({ kind, id }) => `${kind} ${id}`).join(', ')}`,
      { mend: 'Remove it by hand, or mend what keeps it, then retry the run.', data: { leaks } },
    );
  }
}
