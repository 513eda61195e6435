import { ListPolicies } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { policyOf, PolicyRow } from './policy.row.ts';

@AnswersRequest(ListPolicies)
export class ListPoliciesHandler implements RequestHandler<typeof ListPolicies> {
  async answer(_input: InputOf<typeof ListPolicies>, context: RequestContext): Promise<OutputOf<typeof ListPolicies>> {
    const rows = await context.transaction((tx) => tx.find(PolicyRow, { order: { name: 'ASC' } }));
    return { policies: rows.map(policyOf) };
  }
}
