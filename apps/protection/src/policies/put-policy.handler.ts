import { GroupChanged, PutPolicy } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { changedGroup } from '../groups/changed-group.ts';
import { GroupRow } from '../groups/group.row.ts';
import { PolicyRow } from './policy.row.ts';

@AnswersRequest(PutPolicy)
export class PutPolicyHandler implements RequestHandler<typeof PutPolicy> {
  async answer({ policy }: InputOf<typeof PutPolicy>, context: RequestContext): Promise<OutputOf<typeof PutPolicy>> {
    await context.transaction(async (tx, out) => {
      await tx.save(
        tx.create(PolicyRow, {
          ...policy,
          metadataRpoSeconds: policy.metadataRpoSeconds ?? null,
          joining: policy.joining ?? 'automatic',
          keep: policy.keep ?? null,
          consistency: policy.consistency ?? null,
          bandwidth: policy.bandwidth ?? null,
        }),
      );
      // Others go by what they are told of groups.
      for (const group of await tx.findBy(GroupRow, { policy: policy.name }))
        await out.emit(GroupChanged, await changedGroup(tx, group));
    });
    return { policy };
  }
}
