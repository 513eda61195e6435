import { inverseOf } from '@lifeboat/contracts';
import type { Finding, Inverse, Mappings, PlanOfGroup, PlanSummary, PlanView, RunPlan } from '@lifeboat/contracts';
import { bug, notFound } from '@lifeboat/kernel';
import type { EntityManager } from 'typeorm';
import { GroupRow } from '../groups/group.row.ts';
import { PlanRow, PlanVersionRow } from './plan.row.ts';
import { standingOf } from './standing.ts';

export const planNotFound = (name: string) =>
  notFound('plan-not-found', `There is no recovery plan "${name}".`, { mend: 'List them with "lifeboat plan list".' });

/** Locked until the transaction ends, its group first, as whoever checks the group does: another order would be a deadlock now and then. */
export async function lockedPlan(
  tx: EntityManager,
  where: { readonly name: string; readonly version?: number },
): Promise<PlanRow | null> {
  const lock = { mode: 'pessimistic_write' } as const;
  const known = await tx.findOneBy(PlanRow, where);
  const group = known && (await tx.findOne(GroupRow, { where: { groupId: known.groupId }, lock }));
  return group && tx.findOne(PlanRow, { where, lock });
}

/** Throws `not-found` `plan-version-not-found`. */
export async function versionOf(tx: EntityManager, name: string, version: number): Promise<PlanVersionRow> {
  const row = await tx.findOneBy(PlanVersionRow, { name, version });
  if (row) return row;
  throw versionNotFound(name, version);
}

const versionNotFound = (name: string, version: number) =>
  notFound('plan-version-not-found', `Recovery plan "${name}" has no version ${version}.`, {
    mend: `List them with "lifeboat plan versions ${name}".`,
  });

/** What a plan says in place of the group's own, name by name. Pure. */
export const mergedMappings = (own: Mappings, plans: Mappings | undefined): Mappings =>
  Object.fromEntries(
    [...new Set([...Object.keys(own), ...Object.keys(plans ?? {})])].map((kind) => [
      kind,
      { ...own[kind as keyof Mappings], ...plans?.[kind as keyof Mappings] },
    ]),
  );

/**
 * By which mappings a run of the group goes. A plan that was applied before the group was turned round says them for the other way, so that they are inverted; of what
 * has no inverse a finding says so, and the group's own stay. Pure.
 */
export function mappingsBy(
  { primary, document: { spec } }: Pick<PlanVersionRow, 'primary' | 'document'>,
  group: Pick<GroupRow, 'primary' | 'mappings'>,
): Inverse {
  const said = spec.mappings ?? {};
  const { mappings, findings } = primary === group.primary ? { mappings: said, findings: [] } : inverseOf(said);
  return { mappings: mergedMappings(group.mappings, mappings), findings };
}

/** By which plan a run of the group goes from now on: the newest version, or the one asked for. `undefined` where the group has none. */
export async function planOfRun(
  tx: EntityManager,
  groupId: string,
  {
    planVersion,
    skipPrompts,
    unfenced,
  }: {
    readonly planVersion?: number | undefined;
    readonly skipPrompts?: true | undefined;
    readonly unfenced?: true | undefined;
  },
): Promise<RunPlan | undefined> {
  const plan = await tx.findOneBy(PlanRow, { groupId });
  if (!plan && planVersion === undefined) return undefined;
  if (!plan)
    throw notFound('plan-not-found', `Group ${groupId} has no recovery plan, so none of version ${planVersion}.`, {
      mend: 'Leave --plan-version out, or apply a plan: "lifeboat plan apply -f FILE".',
    });
  const { name, version, document } = await versionOf(tx, plan.name, planVersion ?? plan.version);
  // A plan of this name that was removed may have been another group's.
  if (document.spec.group !== groupId) throw versionNotFound(name, version);
  return { name, version, ...(skipPrompts && { skipPrompts }), ...(unfenced && { unfenced }) };
}

/** Of the way there, and of the way back from it. Pure. */
export const findingsOf = ({ mappings, findings }: Inverse): readonly Finding[] => [
  ...findings,
  ...inverseOf(mappings).findings,
];

async function groupOf(tx: EntityManager, { groupId, name }: PlanRow): Promise<GroupRow> {
  const group = await tx.findOneBy(GroupRow, { groupId });
  if (!group) throw bug('plan-without-group', `The group "${groupId}" of plan "${name}" is not there.`);
  return group;
}

/** As the group shows it. */
export async function planOfGroup(tx: EntityManager, group: GroupRow): Promise<PlanOfGroup | undefined> {
  const plan = await tx.findOneBy(PlanRow, { groupId: group.groupId });
  return plan ? { name: plan.name, version: plan.version, ...standingOf(plan, group) } : undefined;
}

export async function planSummary(tx: EntityManager, plan: PlanRow): Promise<PlanSummary> {
  return summaryOf(plan, await groupOf(tx, plan), await versionOf(tx, plan.name, plan.version));
}

/** With the document of the newest version, or of another one; the standing is the plan's. */
export async function planView(tx: EntityManager, plan: PlanRow, version = plan.version): Promise<PlanView> {
  const [group, shown] = [await groupOf(tx, plan), await versionOf(tx, plan.name, version)];
  return {
    ...summaryOf(plan, group, shown),
    document: shown.document,
    text: shown.text,
    warnings: [...findingsOf(mappingsBy(shown, group))],
  };
}

function summaryOf(plan: PlanRow, group: GroupRow, shown: PlanVersionRow): PlanSummary {
  const { covers: _covers, ...verified } = plan.verified ?? { covers: undefined };
  return {
    name: plan.name,
    groupId: plan.groupId,
    ...standingOf({ version: shown.version, verified: plan.verified, drift: plan.drift }, group),
    version: shown.version,
    digest: shown.digest,
    appliedAt: shown.appliedAt.toISOString(),
    appliedBy: shown.appliedBy,
    ...(plan.verified && { verified: verified as NonNullable<PlanSummary['verified']> }),
  };
}
