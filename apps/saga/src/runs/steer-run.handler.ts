import { SteerRun } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { RunRow } from './run.rows.ts';
import { runNotFound } from './read-runs.handlers.ts';
import { Runner } from './runner.ts';

@AnswersRequest(SteerRun)
export class SteerRunHandler implements RequestHandler<typeof SteerRun> {
  constructor(private readonly runner: Runner) {}

  async answer(
    { runId, action, by }: InputOf<typeof SteerRun>,
    context: RequestContext,
  ): Promise<OutputOf<typeof SteerRun>> {
    return context.transaction(async (tx, out) => {
      const row = await tx.findOneBy(RunRow, { runId });
      if (!row) throw runNotFound(runId);
      const waits = row.outcome === 'needs-operator';
      if (row.ended || (action === 'abort' ? row.outcome !== 'running' : !waits))
        throw illegalState(
          'run-not-steerable',
          `Run ${runId} is ${row.outcome}${row.ended ? ' and over' : ''}: it cannot be told to ${action}.`,
          {
            mend: waits ? 'Tell it to retry or to give up.' : 'Only a running run can be aborted.',
          },
        );
      await this.runner.apply(tx, out, runId, { type: 'steer', action, by });
      const after = await tx.findOneByOrFail(RunRow, { runId });
      if (action === 'abort' && after.outcome === 'running')
        throw illegalState('run-past-pivot', `Run ${runId} has passed its point of no return: it only goes forward.`);
      return { runId, action };
    });
  }
}
