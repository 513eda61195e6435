import { SteerRun } from '@lifeboat/contracts';
import type { InputOf, OutputOf, SteerAction } from '@lifeboat/contracts';
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
      refuseIdle(row, action);
      const heard = await this.runner.apply(tx, out, runId, { type: 'steer', action, by });
      if (!heard && action === 'abort')
        throw illegalState('run-past-pivot', `Run ${runId} has passed its point of no return: it only goes forward.`);
      if (!heard)
        throw illegalState('run-not-held', `Run ${runId} does not wait for anybody to tell it to ${action}.`, {
          mend: `See what it is at: "lifeboat run show ${runId}".`,
        });
      return { runId, action };
    });
  }
}

/** What the run's outcome alone forbids; the rest is the engine's to say. */
function refuseIdle({ runId, outcome, ended }: RunRow, action: SteerAction): void {
  const waits = outcome === 'needs-operator';
  const mayHear = action === 'retry' || action === 'give-up' ? waits : outcome === 'running';
  if (!ended && mayHear) return;
  throw illegalState(
    'run-not-steerable',
    `Run ${runId} is ${outcome}${ended ? ' and over' : ''}: it cannot be told to ${action}.`,
    { mend: waits ? 'Tell it to retry or to give up.' : 'Only a run that goes on can be told so.' },
  );
}
