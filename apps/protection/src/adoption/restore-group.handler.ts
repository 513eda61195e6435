import { GroupChanged, PlanChanged, ReadBundleHome, ReadBundlePoint, RestoreGroup } from '@lifeboat/contracts';
import type { AnswerOf, DataOf, DiskReplica, Home, HomePoint, ImageReplica } from '@lifeboat/contracts';
import { conflict, digestOf } from '@lifeboat/kernel';
import { Asker, DoesWork, done } from '@lifeboat/service-kit';
import type { Outgoing, WorkContext, WorkHandler, WorkOutcome } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { changedGroup } from '../groups/changed-group.ts';
import { GroupRow } from '../groups/group.row.ts';
import { planOf } from '../plans/plan-document.ts';
import { PlanRow, PlanVersionRow } from '../plans/plan.row.ts';
import { PointRow } from '../points/point.row.ts';
import { policyColumns, PolicyRow } from '../policies/policy.row.ts';
import { SiteRow } from '../sites/site.row.ts';

type Data = DataOf<typeof RestoreGroup>;

interface Restored extends HomePoint {
  readonly damage: string | null;
  readonly images: ImageReplica[];
  readonly disks: DiskReplica[];
}

/** All in one transaction: there is a group, with its points, or there is none. */
@DoesWork(RestoreGroup)
export class RestoreGroupHandler implements WorkHandler<typeof RestoreGroup> {
  constructor(private readonly asker: Asker) {}

  async work(data: Data, _memo: unknown, context: WorkContext): Promise<WorkOutcome<AnswerOf<typeof RestoreGroup>>> {
    const { groupId, runId } = data;
    const { home, points } = await this.read(data);
    await context.transaction(async (tx, out) => {
      if (await isRestored(tx, data)) return;
      await tx
        .createQueryBuilder()
        .insert()
        .into(PolicyRow)
        .values(policyColumns(home.policy, undefined) as never)
        .orIgnore()
        .execute();
      await knowPrimary(tx, home);
      const group = await restoreGroup(tx, home);
      for (const point of points) await tx.insert(PointRow, pointRow(groupId, point) as never);
      await restorePlan(tx, out, home);
      await out.emit(GroupChanged, await changedGroup(tx, group));
    });
    return done({
      groupId,
      runId,
      restoredAt: new Date().toISOString(),
      points: points.map(({ pointId }) => pointId),
    });
  }

  private async read({ bundle, points: wanted }: Data): Promise<{ readonly home: Home; readonly points: Restored[] }> {
    const { home, points: all } = await this.asker.ask(ReadBundleHome, { bundle });
    const points: Restored[] = [];
    for (const { pointId, damage } of wanted) {
      const known = all.find((one) => one.pointId === pointId);
      if (!known) continue;
      const { images, disks } = await this.asker.ask(ReadBundlePoint, { bundle, pointId });
      points.push({ ...known, damage: damage ?? null, images, disks });
    }
    return { home, points };
  }
}

/** This very command has done it, and was not heard. */
async function isRestored(tx: EntityManager, { groupId, points }: Data): Promise<boolean> {
  if (!(await tx.existsBy(GroupRow, { groupId }))) return false;
  const [first] = points;
  if (!first || (await tx.existsBy(PointRow, { pointId: first.pointId, groupId }))) return true;
  throw conflict('group-exists', `Group ${groupId} exists here: nothing of it is adopted.`, {
    mend: `Look at it: "lifeboat group show ${groupId}".`,
  });
}

/** It may be lost, and nobody could declare it then. */
async function knowPrimary(tx: EntityManager, { group: { primary: name } }: Home): Promise<void> {
  const undeclared = { name, problem: `It is not declared here: "lifeboat site add ${name}".` };
  await tx.createQueryBuilder().insert().into(SiteRow).values(undeclared).orIgnore().execute();
}

/** Above any that the lost instance gave, of which no bundle knows the last: who heard a higher one takes a lower one for stale. One a minute was never given. */
const tokenAbove = (nowMs: number): number => Math.floor(nowMs / 60_000);

const restoreGroup = (tx: EntityManager, { group, paused }: Home): Promise<GroupRow> =>
  tx.save(
    tx.create(GroupRow, {
      ...group,
      mappings: group.mappings ?? {},
      state: 'protected',
      heldBy: null,
      heldFor: null,
      fenceToken: tokenAbove(Date.now()),
      pausedAt: paused ? new Date(paused.since) : null,
      pausedFor: paused?.reason ?? null,
      reversedBy: null,
      rpoAtRisk: false,
    }),
  );

const pointRow = (groupId: string, { openedAt, requestedAt, sealedAt, consistencyMissed, ...point }: Restored) => ({
  ...point,
  groupId,
  state: 'sealed' as const,
  openedAt: new Date(openedAt),
  requestedAt: new Date(requestedAt),
  sealedAt: new Date(sealedAt),
  consistencyMissed: consistencyMissed ?? null,
  former: false,
});

/** Versions outlive their plan: one that this instance had under that name before keeps its number. */
async function restorePlan(tx: EntityManager, out: Outgoing, { group: { groupId }, plan }: Home): Promise<void> {
  if (!plan || (await tx.existsBy(PlanRow, { name: plan.name }))) return;
  const { name, primary, text, appliedBy } = plan;
  const newest = await tx.findOne(PlanVersionRow, { where: { name }, order: { version: 'DESC' } });
  const version = newest && newest.version >= plan.version ? newest.version + 1 : plan.version;
  const document = planOf(text);
  await tx.insert(PlanVersionRow, {
    name,
    version,
    primary,
    document: document as never,
    text,
    digest: digestOf(document),
    appliedBy,
    appliedAt: new Date(plan.appliedAt),
  });
  await tx.save(tx.create(PlanRow, { name, groupId, version, verified: null, drift: null }));
  await out.emit(PlanChanged, { name, groupId, version, what: 'applied', by: appliedBy });
}
