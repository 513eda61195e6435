import { PlanChanged, RemovePlan } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { ReadinessRow } from '../readiness/readiness.row.ts';
import { PlanRow } from './plan.row.ts';
import { lockedPlan } from './plans.ts';

@AnswersRequest(RemovePlan)
export class RemovePlanHandler implements RequestHandler<typeof RemovePlan> {
  async answer({ name }: InputOf<typeof RemovePlan>, context: RequestContext): Promise<OutputOf<typeof RemovePlan>> {
    return context.transaction(async (tx, out) => {
      const plan = await lockedPlan(tx, { name });
      if (!plan) return {};
      const { groupId, version } = plan;
      await tx.delete(PlanRow, { name });
      // Found for the plan; the next look is at once.
      await tx.delete(ReadinessRow, { groupId });
      await out.emit(PlanChanged, { name, groupId, version, what: 'removed' });
      return {};
    });
  }
}
