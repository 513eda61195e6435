import { GroupChanged, PreviewGroup, PutGroup } from '@lifeboat/contracts';
import type { GroupInput, InputOf, OutputOf } from '@lifeboat/contracts';
import { invalidInput, notFound } from '@lifeboat/kernel';
import { AnswersRequest, Asker } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import type { EntityManager } from 'typeorm';
import { refuseEndOfApproval } from '../approvals/end-of-approval.ts';
import { PolicyRow, policyNow } from '../policies/policy.row.ts';
import { ReadinessRow } from '../readiness/readiness.row.ts';
import { SiteRow } from '../sites/site.row.ts';
import { changedGroup } from './changed-group.ts';
import { GroupRow } from './group.row.ts';
import { refuseInUse } from './hold.ts';
import { groupView } from './group-view.ts';

/** All of a project is read, of a cloud that may be busy. */
const PREVIEW_TIMEOUT_MS = 100_000;

@AnswersRequest(PutGroup)
export class PutGroupHandler implements RequestHandler<typeof PutGroup> {
  constructor(private readonly asker: Asker) {}

  async answer(
    { group, endsApproval }: InputOf<typeof PutGroup>,
    context: RequestContext,
  ): Promise<OutputOf<typeof PutGroup>> {
    if (group.primary === group.recovery)
      throw invalidInput(
        'sites-equal',
        `Group ${group.groupId} names site "${group.primary}" as primary and as recovery site.`,
        { mend: 'Name two sites.' },
      );
    await context.transaction((tx) => refuseUnknown(tx, group));
    await this.refuseEmpty(group);
    return context.transaction(async (tx, out) => {
      const known = await tx.findOne(GroupRow, {
        where: { groupId: group.groupId },
        lock: { mode: 'pessimistic_write' },
      });
      if (known) refuseInUse(known);
      if (known && !endsApproval) await refuseLaxerPolicy(tx, known, group);
      const fresh =
        known ??
        tx.create(GroupRow, {
          groupId: group.groupId,
          state: 'protected',
          heldBy: null,
          heldFor: null,
          fenceToken: 0,
          pausedAt: null,
          pausedFor: null,
          reversedBy: null,
          rpoAtRisk: false,
        });
      const row = await tx.save(Object.assign(fresh, { ...group, mappings: group.mappings ?? {} }));
      // Found for what the group was; the next look is at once.
      await tx.delete(ReadinessRow, { groupId: row.groupId });
      await out.emit(GroupChanged, await changedGroup(tx, row));
      return { group: await groupView(tx, row) };
    });
  }

  /** What is named must be there: a group that protects nothing would be found out too late. */
  private async refuseEmpty(group: GroupInput): Promise<void> {
    const preview = await this.asker.ask(
      PreviewGroup,
      { site: group.primary, members: group.members },
      { timeoutMs: PREVIEW_TIMEOUT_MS },
    );
    const [missing] = preview.report.missing;
    if (missing && preview.entities.length === 0)
      throw invalidInput('member-not-found', `${missing.where}: ${missing.message}`, {
        mend: missing.mend ?? 'Correct the id, or leave it out.',
        data: { missing: preview.report.missing },
      });
    if (preview.entities.length === 0)
      throw invalidInput('group-empty', `Group ${group.groupId} would hold nothing at site ${group.primary}.`, {
        mend: 'Name servers or volumes by id, or a tag that some of them bear.',
      });
  }
}

async function refuseLaxerPolicy(tx: EntityManager, known: GroupRow, { groupId, policy }: GroupInput): Promise<void> {
  const [before, after] = [await policyNow(tx, known.policy), await policyNow(tx, policy)];
  refuseEndOfApproval(`Group ${groupId}, by policy ${policy}`, before.approval, after.approval);
}

async function refuseUnknown(tx: EntityManager, group: GroupInput): Promise<void> {
  for (const name of [group.primary, group.recovery])
    if (!(await tx.existsBy(SiteRow, { name })))
      throw notFound('site-not-found', `Site "${name}" is not declared.`, {
        mend: `Declare it: "lifeboat site add ${name}".`,
      });
  if (!(await tx.existsBy(PolicyRow, { name: group.policy })))
    throw notFound('policy-not-found', `There is no policy "${group.policy}".`, {
      mend: `Create it: "lifeboat policy set ${group.policy}".`,
    });
}
