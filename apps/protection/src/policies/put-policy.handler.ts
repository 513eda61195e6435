import { PutPolicy } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { PolicyRow } from './policy.row.ts';

@AnswersRequest(PutPolicy)
export class PutPolicyHandler implements RequestHandler<typeof PutPolicy> {
  async answer({ policy }: InputOf<typeof PutPolicy>, context: RequestContext): Promise<OutputOf<typeof PutPolicy>> {
    await context.transaction((tx) =>
      tx.save(
        tx.create(PolicyRow, {
          ...policy,
          metadataRpoSeconds: policy.metadataRpoSeconds ?? null,
          joining: policy.joining ?? 'automatic',
        }),
      ),
    );
    return { policy };
  }
}
