import { ReplicateDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, DiskReplica } from '@lifeboat/contracts';
import type { Json } from '@lifeboat/kernel';
import { resultOf } from '@lifeboat/replication-driver-api';
import type { Capabilities, SnapshotTaken, Transferred } from '@lifeboat/replication-driver-api';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { isToBeAwaited, levelOf, quiesceRequest, refusalOf, saidOf } from '../freezes/freeze.ts';
import type { Freeze, Taken } from '../freezes/freeze.ts';
import { Freezes } from '../freezes/freezes.ts';
import { NEVER_GIVE_UP_MS, soon } from '../patience.ts';
import type { Task } from '../tasks/task.ts';
import { Tasks } from '../tasks/tasks.ts';
import { allDone, failureIn, keyOf, ofVerb, togetherWith, verbTask } from '../tasks/verbs.ts';
import { ChooseDrivers } from './choose-drivers.ts';
import { achieved } from './consistency.ts';
import { Points } from './points.ts';
import type { PointDisk } from './points.ts';

type Data = DataOf<typeof ReplicateDisks>;
type Outcome = WorkOutcome<AnswerOf<typeof ReplicateDisks>, null>;

const LOOK_AGAIN_MS = 1_000;
/** While an application is held still. */
const SOON_MS = 100;

/**
 * First the snapshots of all disks together, while an application is held still where the policy wants that, then the transfers. What was asked for is in the task table, and that is how far it came: this may be
 * called at any moment.
 */
@DoesWork(ReplicateDisks)
export class ReplicateDisksHandler implements WorkHandler<typeof ReplicateDisks, null> {
  readonly giveUpAfterMs = NEVER_GIVE_UP_MS;

  constructor(
    private readonly tasks: Tasks,
    private readonly points: Points,
    private readonly drivers: ChooseDrivers,
    private readonly freezes: Freezes,
  ) {}

  async work(data: Data, _memo: null | undefined, context: WorkContext): Promise<Outcome> {
    const { pointId } = data;
    const tasks = await this.tasks.ofCommand(context.message.id);
    const freeze = data.quiesce && (await this.freezes.of(pointId));
    const failure =
      failureIn(tasks.filter(({ request }) => request.verb !== 'quiesce')) ?? (freeze && refusalOf(freeze));
    if (failure) {
      await context.transaction((tx) => this.freezes.giveUp(tx, pointId, failure.message));
      await this.tasks.cancel(context.message.id);
      throw failure;
    }
    const snapshots = ofVerb(tasks, 'snapshot');
    const transfers = ofVerb(tasks, 'transfer');
    if (data.disks.length === 0) return this.finish(data, [], [], undefined, context);
    if (snapshots.length === 0) return this.takeSnapshots(data, freeze, ofVerb(tasks, 'quiesce')[0], context);
    if (transfers.length === 0 && allDone(snapshots)) await this.transfer(data, snapshots, context);
    else if (transfers.length > 0 && allDone(transfers)) {
      if (freeze && isToBeAwaited(freeze, new Date())) return again(null, SOON_MS);
      return this.finish(data, snapshots, transfers, freeze, context);
    }
    return again(null, LOOK_AGAIN_MS);
  }

  /** At once, or when the application is held still, or cannot be. */
  private async takeSnapshots(
    data: Data,
    freeze: Freeze | undefined,
    quiesce: Task | undefined,
    context: WorkContext,
  ): Promise<Outcome> {
    if (!freeze) await this.begin(data, context);
    else
      await context.transaction(async (tx) => {
        const now = await this.freezes.takeIn(tx, data.pointId, quiesce);
        if (!now || refusalOf(now) || (!now.taken && !now.endedAt)) return;
        await this.askSnapshots(tx, await this.points.ofPoint(data.pointId), now, context);
      });
    return again(null, data.quiesce ? SOON_MS : LOOK_AGAIN_MS);
  }

  /** Intent: which driver carries which disk, on what it builds, and what is asked for first. */
  private async begin(data: Data, context: WorkContext): Promise<void> {
    const { groupId, pointId, source, target, quiesce } = data;
    const points = await soon(context.message, async () => {
      const chosen = await this.drivers.choose(data.disks, data.rules, source, target);
      const based = await Promise.all(
        chosen.map(async ({ disk, driver }) => ({
          groupId,
          pointId,
          source,
          target,
          disk,
          driver,
          base: (await this.points.baseFor(disk, driver, target)) ?? null,
          begun: await this.points.isBegun(disk, driver, target),
        })),
      );
      const room = based.map((one) => ({ ...one, first: one.base === null && !one.begun }));
      await this.drivers.checkRoom(room, 'replicate', source, target);
      return based;
    });
    const [first] = data.disks;
    await context.transaction(async (tx) => {
      for (const point of points) await this.points.begin(tx, point);
      if (!quiesce || !first) return this.askSnapshots(tx, points, undefined, context);
      const request = quiesceRequest(quiesce, { pointId, groupId, source, target, disk: first });
      const { hook, atMostSeconds } = quiesce;
      const required = quiesce.need === 'required';
      const freeze = { pointId, groupId, site: source, hook, required, atMostSeconds, request };
      return this.freezes.begin(tx, { ...freeze, commandId: context.message.id }, context.message.correlationId);
    });
  }

  private async askSnapshots(
    tx: EntityManager,
    points: readonly Omit<PointDisk, 'replica' | 'root' | 'bytes'>[],
    freeze: Freeze | undefined,
    { message }: WorkContext,
  ): Promise<void> {
    const distrusted = await this.points.distrusted(points[0]?.groupId ?? '');
    const frozen = freeze?.taken && !freeze.endedAt && frozenBy(freeze.hook, freeze.taken);
    const tasks = points.map(({ pointId, groupId, source, target, disk, driver, base }) =>
      verbTask(message.id, pointId, {
        driver,
        verb: 'snapshot',
        source,
        target,
        point: {
          pointId,
          groupId,
          disk,
          together: togetherWith(driver, points),
          ...(base !== null && { base: base as never }),
          ...(distrusted.has(disk.id) && { thorough: true }),
          ...(frozen && { frozen }),
        },
      }),
    );
    await this.tasks.add(tx, tasks, message.correlationId);
  }

  private async transfer(data: Data, snapshots: readonly Task[], context: WorkContext): Promise<void> {
    const tasks = snapshots.map(({ request, result }) =>
      verbTask(context.message.id, data.pointId, { ...request, verb: 'transfer', input: result as never }),
    );
    await context.transaction(async (tx) => {
      await this.freezes.completed(tx, data.pointId);
      await this.tasks.add(tx, tasks, context.message.correlationId);
    });
  }

  private async finish(
    { pointId }: Data,
    snapshots: readonly Task[],
    transfers: readonly Task[],
    freeze: Freeze | undefined,
    context: WorkContext,
  ): Promise<Outcome> {
    const taken = new Map(
      snapshots.map(({ request, result }) => [keyOf(request.point.disk), resultOf(request.driver, 'snapshot', result)]),
    );
    const disks = transfers.flatMap((task): DiskReplica[] => {
      const snapshot = taken.get(keyOf(task.request.point.disk));
      return snapshot ? [replicaOf(task, snapshot, this.drivers.all.get(task.request.driver).can)] : [];
    });
    const roots = new Map(transfers.map((task) => [keyOf(task.request.point.disk), transferredBy(task).root]));
    await context.transaction(async (tx) => {
      for (const { disk, replica, ...rest } of disks) {
        const root = roots.get(keyOf(disk));
        await this.points.complete(tx, pointId, disk, {
          ...rest,
          replica: replica as Json,
          ...(root !== undefined && { root }),
        });
      }
    });
    const all = [...taken.values()];
    // Where there is no data worth carrying there is nothing to be consistent with.
    const counted = disks.filter(({ driver }) => this.drivers.all.get(driver).can.carries !== 'nothing');
    const requestedAt = all.map((one) => one.requestedAt).toSorted()[0] ?? context.message.time;
    return done({
      pointId,
      disks,
      consistency: {
        ...achieved(
          counted.flatMap(({ disk }) => taken.get(keyOf(disk)) ?? []),
          freeze && levelOf(freeze),
        ),
        ...(freeze && { freeze: saidOf(freeze) }),
      },
      requestedAt,
      bytes: disks.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }
}

const frozenBy = (by: string, { position }: Taken) => ({ by, ...(position !== undefined && { position }) });

function replicaOf(
  task: Task,
  { requestedAt, completedAt }: SnapshotTaken,
  { unplanned, whyPlanned = 'its driver says so', carries, rollback }: Capabilities,
): DiskReplica {
  const { request, bytes } = task;
  const { replica, bytes: said } = transferredBy(task);
  // A driver that was called without its memo does not know what earlier calls moved; the workers' count does.
  return {
    disk: request.point.disk,
    driver: request.driver,
    replica: replica as never,
    requestedAt,
    completedAt,
    bytes: Math.max(bytes, said),
    ...(!unplanned && { plannedOnly: whyPlanned }),
    ...(carries !== 'bytes' && { carries }),
    ...(rollback === 'none' && { rollback }),
  };
}

const transferredBy = ({ request, result }: Task): Transferred => resultOf(request.driver, 'transfer', result);
