import { MaterialiseDisks, ReleaseDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { NEVER_GIVE_UP_MS } from '../patience.ts';
import { Tasks } from '../tasks/tasks.ts';
import { allDone, failureIn, verbTask } from '../tasks/verbs.ts';
import { Copies } from './copies.ts';

const LOOK_AGAIN_MS = 500;

/** Ends what still makes copies for the run, waits until no worker is at it any more, then removes them. */
@DoesWork(ReleaseDisks)
export class ReleaseDisksHandler implements WorkHandler<typeof ReleaseDisks, null> {
  readonly giveUpAfterMs = NEVER_GIVE_UP_MS;

  constructor(
    private readonly tasks: Tasks,
    private readonly copies: Copies,
  ) {}

  async work(
    { runId }: DataOf<typeof ReleaseDisks>,
    _memo: null | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof ReleaseDisks>, null>> {
    const { id, correlationId } = context.message;
    // The command itself too: it may not have begun its tasks yet.
    const ended = await context.transaction((_tx, out) => out.cancel(MaterialiseDisks, { runId }));
    if (!(await this.tasks.cancelOthers(runId, id)) || !ended) return again(null, LOOK_AGAIN_MS);
    const [copies, tasks] = [await this.copies.ofRun(runId), await this.tasks.ofCommand(id)];
    const failure = failureIn(tasks);
    if (failure) {
      await this.tasks.cancel(id);
      throw failure;
    }
    if (copies.length > 0 && tasks.length === 0) {
      const releases = copies.map(({ groupId, pointId, target, driver, disk, copy }) =>
        verbTask(id, runId, { driver, verb: 'release', target, point: { pointId, groupId, disk }, copy }),
      );
      await context.transaction((tx) => this.tasks.add(tx, releases, correlationId));
    }
    if (copies.length > 0 && !(tasks.length > 0 && allDone(tasks))) return again(null, LOOK_AGAIN_MS);
    await context.transaction((tx) => this.copies.forget(tx, runId));
    return done({ runId });
  }
}
