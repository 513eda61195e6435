import { VerifyPoint } from '@lifeboat/contracts';
import type { DiskCheck, InputOf, OutputOf } from '@lifeboat/contracts';
import { notFound } from '@lifeboat/kernel';
import { AnswersRequest, Database } from '@lifeboat/service-kit';
import type { RequestHandler } from '@lifeboat/service-kit';
import { ChooseDrivers } from '../points/choose-drivers.ts';
import type { PointDisk } from '../points/points.ts';
import { Points } from '../points/points.ts';
import { Tasks } from '../tasks/tasks.ts';
import { keyOf, verbTask } from '../tasks/verbs.ts';
import { checkOf } from './check-of.ts';

/** Begins to verify, or tells how far it came. The tasks are the point's: they end when it is discarded. The primary is not called. */
@AnswersRequest(VerifyPoint)
export class VerifyPointHandler implements RequestHandler<typeof VerifyPoint> {
  constructor(
    private readonly tasks: Tasks,
    private readonly points: Points,
    private readonly drivers: ChooseDrivers,
    private readonly database: Database,
  ) {}

  async answer({ pointId, checkId }: InputOf<typeof VerifyPoint>): Promise<OutputOf<typeof VerifyPoint>> {
    const disks = (await this.points.ofPoint(pointId)).filter(({ replica }) => replica !== null);
    if (disks.length === 0)
      throw notFound('point-not-found', `No disk of recovery point "${pointId}" stands at a recovery site.`, {
        mend: 'List points with "lifeboat point list GROUP"; one that is being made can be verified when it is sealed.',
      });
    const commandId = `verify:${checkId}`;
    const able = disks.filter(({ driver }) => this.drivers.all.get(driver).verify !== undefined);
    await this.database.transaction((tx) =>
      this.tasks.add(
        tx,
        able.map((one) => verifyTask(commandId, one)),
        undefined,
      ),
    );
    const tasks = new Map(
      (await this.tasks.ofCommand(commandId)).map((task) => [keyOf(task.request.point.disk), task]),
    );
    const checks = disks.map((one): DiskCheck => checkOf(one, tasks.get(keyOf(one.disk))));
    return { done: checks.every(({ outcome }) => outcome !== 'running'), disks: checks };
  }
}

const verifyTask = (commandId: string, { pointId, groupId, target, driver, disk, replica, root, bytes }: PointDisk) =>
  verbTask(commandId, pointId, {
    driver,
    verb: 'verify',
    target,
    point: { pointId, groupId, disk },
    input: { replica: replica as never, bytes, ...(root !== null && { root }) },
    options: { side: 'target' },
  });
