import { DiscardDisks, ReplicateDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { Freezes } from '../freezes/freezes.ts';
import { NEVER_GIVE_UP_MS } from '../patience.ts';
import { isGivenUp } from '../primaries/given-up.ts';
import { Tasks } from '../tasks/tasks.ts';
import { allDone, failureIn, keyOf, verbTask } from '../tasks/verbs.ts';
import type { PointDisk } from './points.ts';
import { Points } from './points.ts';

type Data = DataOf<typeof DiscardDisks>;

const LOOK_AGAIN_MS = 500;

/** Ends what still makes the point, waits until no worker is at it any more, then removes what there is of it. */
@DoesWork(DiscardDisks)
export class DiscardDisksHandler implements WorkHandler<typeof DiscardDisks, null> {
  readonly giveUpAfterMs = NEVER_GIVE_UP_MS;

  constructor(
    private readonly tasks: Tasks,
    private readonly points: Points,
    private readonly freezes: Freezes,
  ) {}

  async work(
    data: Data,
    _memo: null | undefined,
    context: WorkContext,
  ): Promise<WorkOutcome<AnswerOf<typeof DiscardDisks>, null>> {
    const { pointId } = data;
    // The command itself too: it may not have begun its tasks yet.
    const ended = await context.transaction(async (tx, out) => {
      const over = await out.cancel(ReplicateDisks, { pointId });
      await this.freezes.giveUp(tx, pointId, 'the point was given up');
      return over;
    });
    if (!(await this.tasks.cancelOthers(pointId, context.message.id)) || !ended) return again(null, LOOK_AGAIN_MS);
    const [disks, tasks] = [await this.points.ofPoint(pointId), await this.tasks.ofCommand(context.message.id)];
    const failure = failureIn(tasks);
    if (failure) {
      await this.tasks.cancel(context.message.id);
      throw failure;
    }
    if (disks.length > 0 && tasks.length === 0) await this.begin(data, disks, context);
    if (disks.length > 0 && !(tasks.length > 0 && allDone(tasks))) return again(null, LOOK_AGAIN_MS);
    await context.transaction((tx) => this.points.forget(tx, pointId));
    return done({ pointId });
  }

  private async begin(data: Data, disks: readonly PointDisk[], context: WorkContext): Promise<void> {
    const { pointId, groupId } = data;
    await context.transaction(async (tx) => {
      // Asked in any case: one after the other, so that of two points of a disk that go at once one is the last.
      const givenUp = await isGivenUp(tx, groupId);
      const sourceLost = data.sourceLost || (givenUp && !data.sourceBack);
      await this.points.discarding(tx, pointId);
      const others = await this.points.withOthers(tx, pointId);
      const tasks = disks.map(({ source, target, driver, disk, replica }) =>
        verbTask(context.message.id, pointId, {
          driver,
          verb: 'discard',
          target,
          point: { pointId, groupId, disk },
          options: { last: !others.has(keyOf(disk)) },
          ...(!sourceLost && { source }),
          ...(replica !== null && { input: replica as never }),
        }),
      );
      await this.tasks.add(tx, tasks, context.message.correlationId);
    });
  }
}
