import { MaterialiseDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { resultOf } from '@lifeboat/replication-driver-api';
import { again, DoesWork, done, Sites } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { NEVER_GIVE_UP_MS, soon } from '../patience.ts';
import { ChooseDrivers } from '../points/choose-drivers.ts';
import type { Task } from '../tasks/task.ts';
import { Tasks } from '../tasks/tasks.ts';
import { allDone, failureIn, verbTask } from '../tasks/verbs.ts';
import { Copies, copyOf } from './copies.ts';
import { placeCopy, readOffered } from './place-copies.ts';

type Data = DataOf<typeof MaterialiseDisks>;
type Outcome = WorkOutcome<AnswerOf<typeof MaterialiseDisks>, null>;

const LOOK_AGAIN_MS = 500;

/** Nothing here knows the primary: what is needed of the point came with the command. */
@DoesWork(MaterialiseDisks)
export class MaterialiseDisksHandler implements WorkHandler<typeof MaterialiseDisks, null> {
  readonly giveUpAfterMs = NEVER_GIVE_UP_MS;

  constructor(
    private readonly tasks: Tasks,
    private readonly copies: Copies,
    private readonly drivers: ChooseDrivers,
    private readonly sites: Sites,
  ) {}

  async work(data: Data, _memo: null | undefined, context: WorkContext): Promise<Outcome> {
    const tasks = await this.tasks.ofCommand(context.message.id);
    const failure = failureIn(tasks);
    if (failure) {
      await this.tasks.cancel(context.message.id);
      throw failure;
    }
    if (data.disks.length === 0) return done({ runId: data.runId, copies: [] });
    if (tasks.length > 0 && allDone(tasks)) return this.finish(data, tasks, context);
    if (tasks.length === 0) await this.begin(data, context);
    return again(null, LOOK_AGAIN_MS);
  }

  private async begin(data: Data, context: WorkContext): Promise<void> {
    const { runId, groupId, pointId, target, disks } = data;
    const placed = await soon(context.message, async () => {
      const offered = await readOffered(await this.sites.open(target));
      await this.drivers.checkRoom(disks, 'materialise', undefined, target);
      return disks.map((one) => ({ ...one, copy: placeCopy(runId, one.disk, data.mappings, offered) }));
    });
    await context.transaction(async (tx) => {
      for (const { disk, driver, copy, replica } of placed)
        await this.copies.begin(tx, { runId, groupId, pointId, target, driver, disk, copy, replica: replica as Json });
      const tasks = placed.map(({ disk, driver, replica, copy }) =>
        verbTask(context.message.id, runId, {
          driver,
          verb: 'materialise',
          target,
          point: { pointId, groupId, disk },
          input: replica,
          copy,
        }),
      );
      await this.tasks.add(tx, tasks, context.message.correlationId);
    });
  }

  private async finish({ runId }: Data, tasks: readonly Task[], context: WorkContext): Promise<Outcome> {
    const made = tasks.map(({ request, result }) => ({
      disk: request.point.disk,
      driver: request.driver,
      made: resultOf(request.driver, 'materialise', result),
    }));
    await context.transaction(async (tx) => {
      for (const one of made) await this.copies.made(tx, runId, one.disk, one.made);
    });
    return done({ runId, copies: made.map((one) => copyOf(one.disk, one.made, this.drivers.all.get(one.driver).can)) });
  }
}
