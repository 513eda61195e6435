import { ReverseDisks } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, Envelope, ReprotectDisk } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { Materialised } from '@lifeboat/replication-driver-api';
import { again, DoesWork, done } from '@lifeboat/service-kit';
import type { WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import { NEVER_GIVE_UP_MS, soon } from '../patience.ts';
import { ChooseDrivers } from '../points/choose-drivers.ts';
import { Points } from '../points/points.ts';
import type { Task } from '../tasks/task.ts';
import { Tasks } from '../tasks/tasks.ts';
import { togetherWith, verbTask } from '../tasks/verbs.ts';
import { answered } from './answered.ts';
import { nothingStands } from './way-back.ts';
import { WaysBack } from './ways-back.ts';
import type { WayBack } from './ways-back.ts';

type Data = DataOf<typeof ReverseDisks>;
type Outcome = WorkOutcome<AnswerOf<typeof ReverseDisks>, Memo>;

/** What was expected of the disks, in their order; by the id of its task where a driver was asked. */
interface Memo {
  readonly disks: readonly { readonly expected: ReprotectDisk; readonly taskId?: string }[];
}

const LOOK_AGAIN_MS = 500;
/** The group is held meanwhile, and nothing protects it: what takes longer than this is not waited for. */
const WITHIN_MS = 30 * 60_000;

/**
 * Asks the drivers that can to begin with what stands at the site that was left. What a driver makes for it is recorded as of a point that has this run's id and is
 * never complete: `discard-disks` of it removes what no other point has taken. Nothing that goes wrong with a disk is a failure.
 */
@DoesWork(ReverseDisks)
export class ReverseDisksHandler implements WorkHandler<typeof ReverseDisks, Memo> {
  readonly giveUpAfterMs = NEVER_GIVE_UP_MS;

  constructor(
    private readonly tasks: Tasks,
    private readonly points: Points,
    private readonly drivers: ChooseDrivers,
    private readonly waysBack: WaysBack,
  ) {}

  async work(data: Data, memo: Memo | undefined, context: WorkContext): Promise<Outcome> {
    const { id, time } = context.message;
    const { disks } = memo ?? (await this.begin(data, await this.tasks.ofCommand(id), context));
    const tasks = await this.tasks.ofCommand(id);
    const open = tasks.some(({ state }) => state === 'waiting' || state === 'asked');
    if (open && Date.now() - Date.parse(time) < WITHIN_MS) return again({ disks }, LOOK_AGAIN_MS);
    await this.tasks.cancel(id);
    const sent = disks.map(({ expected, taskId }) => {
      const task = tasks.find((one) => one.id === taskId);
      return task ? answered(expected, task) : expected;
    });
    return done({ runId: data.runId, disks: sent });
  }

  private async begin(data: Data, begun: readonly Task[], context: WorkContext): Promise<Memo> {
    const { message } = context;
    const ways = await this.waysBack.of(data, (reading) =>
      soon(message, reading).catch((thrown: unknown) => nothingStands(lastingly(thrown))),
    );
    const asked = ways.filter(({ driver, expected }) => driver?.reverse && expected.copy !== 'full');
    const problem = begun.length > 0 ? undefined : await this.noRoom(asked, data, message);
    const disks = ways.map((way) => ({ ...way, expected: problem === undefined ? way.expected : whole(way, problem) }));
    const turning = disks.filter((way) => asked.some(({ row }) => row === way.row) && way.expected.copy !== 'full');
    const tasks = new Map(turning.map(({ row }) => [row, taskOf(row, data, turning, message.id)]));
    await context.transaction(async (tx) => {
      for (const { row, expected } of turning)
        if (expected.copy === 'deltas' && row.made) await this.points.begin(tx, asPoint(data, row, row.made));
      await this.tasks.add(tx, [...tasks.values()], message.correlationId);
    });
    return {
      disks: disks.map(({ row, expected }) => {
        const taskId = tasks.get(row)?.id;
        return { expected, ...(taskId !== undefined && { taskId }) };
      }),
    };
  }

  /** What the first point is going to need there, looked at before anything of it is made. */
  private async noRoom(asked: readonly WayBack[], { source }: Data, message: Envelope): Promise<string | undefined> {
    const copied = asked.filter(({ expected }) => expected.copy === 'deltas');
    const room = copied.map(({ row: { disk, driver } }) => ({ disk, driver, first: true }));
    const look = () => this.drivers.checkRoom(room, 'replicate', undefined, source);
    return soon(message, look).then(() => undefined, lastingly);
  }
}

/** The sentence of what will not pass by itself; what may is thrown, to be tried again. */
function lastingly(thrown: unknown): string {
  const error = asLifeboatError(thrown);
  if (error.retryable) throw error;
  return error.message;
}

const whole = ({ expected }: WayBack, why: string): ReprotectDisk =>
  expected.copy === 'deltas' ? { ...expected, copy: 'full', why } : expected;

/** Of what serves now, from where it is to where the group came from. */
const asPoint = ({ groupId, runId, source, target }: Data, { disk, driver }: WayBack['row'], made: Materialised) => ({
  pointId: runId,
  groupId,
  source: target,
  target: source,
  driver,
  disk: { ...disk, id: idOf(made) },
  base: null,
});

const idOf = (made: Materialised): string => (made.kind === 'volume' ? made.volumeId : made.imageId);

function taskOf(
  { pointId, driver, disk, replica, made }: WayBack['row'],
  { groupId, runId, source, target }: Data,
  turning: readonly WayBack[],
  commandId: string,
) {
  const together = togetherWith(
    driver,
    turning.map(({ row }) => row),
  );
  return verbTask(commandId, runId, {
    driver,
    verb: 'reverse',
    source,
    target,
    point: { pointId, groupId, disk, together },
    input: replica as never,
    ...(made && { options: { made: { kind: made.kind, id: idOf(made) } } }),
  });
}
