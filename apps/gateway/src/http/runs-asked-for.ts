import { ListRunRequests, ListRuns, ReadRun, ReadRunRequest, SteerRun } from '@lifeboat/contracts';
import type { InputOf, OutputOf, RunDetail, RunSummary } from '@lifeboat/contracts';
import { asLifeboatError, illegalState } from '@lifeboat/kernel';
import type { Asker } from '@lifeboat/service-kit';

/** Runs are the saga service's from their beginning; those that were asked for and have not begun are known to protection alone. To whoever asks they are runs alike. */

/** Newest first. */
export async function listRuns(
  asker: Asker,
  { groupId, limit }: InputOf<typeof ListRunRequests>,
): Promise<RunSummary[]> {
  const of = { limit, ...(groupId !== undefined && { groupId }) };
  const [begun, asked] = await Promise.all([asker.ask(ListRuns, of), asker.ask(ListRunRequests, of)]);
  return [...begun.runs, ...asked.runs].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, limit);
}

export const readRun = (asker: Asker, runId: string): Promise<RunDetail> =>
  asker.ask(ReadRun, { runId }).then(
    ({ run }) => run,
    (thrown: unknown) => notBegun(asker, runId, thrown),
  );

/** A run that has not begun goes by no such word: it is approved or refused. */
export const steerRun = (asker: Asker, input: InputOf<typeof SteerRun>): Promise<OutputOf<typeof SteerRun>> =>
  asker.ask(SteerRun, input).catch(async (thrown: unknown) => {
    const { runId, outcome } = await notBegun(asker, input.runId, thrown);
    throw illegalState('run-not-begun', `Run ${runId} has not begun: it is ${outcome}.`, {
      mend: `What awaits approval is taken back by "lifeboat run refuse ${runId}".`,
    });
  });

async function notBegun(asker: Asker, runId: string, thrown: unknown): Promise<RunDetail> {
  if (asLifeboatError(thrown).kind !== 'not-found') throw thrown;
  const { run } = await asker.ask(ReadRunRequest, { runId });
  if (!run) throw thrown;
  return run;
}
