import { PromoteDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, Disk } from '@lifeboat/contracts';
import { resultOf } from '@lifeboat/replication-driver-api';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { NEVER_GIVE_UP_MS } from '../patience.ts';
import { ChooseDrivers } from '../points/choose-drivers.ts';
import type { NewTask, Task } from '../tasks/task.ts';
import { Tasks } from '../tasks/tasks.ts';
import { allDone, failureIn, keyOf, togetherWith, verbTask } from '../tasks/verbs.ts';
import { Copies } from './copies.ts';

type Data = DataOf<typeof PromoteDisks>;
type Answer = AnswerOf<typeof PromoteDisks>;

const LOOK_AGAIN_MS = 500;

/** Only after the commit, so there is only forward: what fails is tried again, by a new command, until an operator has mended it. */
@DoesWork(PromoteDisks)
export class PromoteDisksHandler implements WorkHandler<typeof PromoteDisks, null> {
  readonly giveUpAfterMs = NEVER_GIVE_UP_MS;

  constructor(
    private readonly tasks: Tasks,
    private readonly copies: Copies,
    private readonly drivers: ChooseDrivers,
  ) {}

  async work(data: Data, _memo: null | undefined, context: WorkContext): Promise<WorkOutcome<Answer, null>> {
    const wanted = data.disks.filter(({ driver }) => this.drivers.all.get(driver).can.rollback === 'none');
    if (wanted.length === 0) return done({ runId: data.runId, promoted: [] });
    const tasks = await this.tasks.ofCommand(context.message.id);
    const failure = failureIn(tasks);
    if (failure) {
      await this.tasks.cancel(context.message.id);
      throw failure;
    }
    if (tasks.length > 0 && allDone(tasks)) return done({ runId: data.runId, promoted: tasks.map(promotedOf) });
    if (tasks.length === 0) await this.begin(data, wanted, context);
    return again(null, LOOK_AGAIN_MS);
  }

  private async begin(data: Data, wanted: Data['disks'], context: WorkContext): Promise<void> {
    const { runId, groupId, pointId, target, plannedFrom } = data;
    const copies = new Map((await this.copies.ofRun(runId)).map(({ disk, copy }) => [keyOf(disk), copy]));
    const tasks = wanted.map(({ disk, driver, replica }): NewTask => {
      const asked = verbTask(context.message.id, runId, {
        driver,
        verb: 'promote',
        target,
        point: { pointId, groupId, disk, together: togetherWith(driver, wanted) },
        input: replica,
        copy: copies.get(keyOf(disk)) ?? nameOnly(runId, disk),
        options: { planned: plannedFrom !== undefined },
        ...(plannedFrom !== undefined && { source: plannedFrom }),
      });
      // What is promoted is at the target, and the worker there can reach it.
      return { ...asked, site: target };
    });
    await context.transaction((tx) => this.tasks.add(tx, tasks, context.message.correlationId));
  }
}

const nameOnly = (runId: string, disk: Disk) => ({ runId, name: disk.name || disk.id });

function promotedOf({ request, result }: Task): Answer['promoted'][number] {
  const { disk } = request.point;
  const { forced, lost } = resultOf(request.driver, 'promote', result);
  return {
    disk: { kind: disk.kind, id: disk.id },
    name: disk.name,
    driver: request.driver,
    forced,
    ...(lost !== undefined && { lost }),
  };
}
