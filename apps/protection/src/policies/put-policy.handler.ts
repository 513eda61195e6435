import { GroupChanged, PutPolicy } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { IsNull } from 'typeorm';
import { refuseEndOfApproval } from '../approvals/end-of-approval.ts';
import { changedGroup } from '../groups/changed-group.ts';
import { GroupRow } from '../groups/group.row.ts';
import { policyColumns, PolicyRow } from './policy.row.ts';

@AnswersRequest(PutPolicy)
export class PutPolicyHandler implements RequestHandler<typeof PutPolicy> {
  async answer(
    { policy, by, endsApproval }: InputOf<typeof PutPolicy>,
    context: RequestContext,
  ): Promise<OutputOf<typeof PutPolicy>> {
    await context.transaction(async (tx, out) => {
      const { name, approval } = policy;
      const known = await tx.findOne(PolicyRow, { where: { name }, lock: { mode: 'pessimistic_write' } });
      if (!endsApproval) refuseEndOfApproval(`Policy ${name}`, known?.approval, approval);
      await tx.save(tx.create(PolicyRow, policyColumns(policy, by)));
      // Others go by what they are told of groups. Of one that a run holds nothing is said: its primary is left alone from then on.
      const groups = await tx.find(GroupRow, {
        where: { policy: policy.name, state: 'protected', heldBy: IsNull() },
        lock: { mode: 'pessimistic_write' },
      });
      for (const group of groups) await out.emit(GroupChanged, await changedGroup(tx, group));
    });
    return { policy };
  }
}
