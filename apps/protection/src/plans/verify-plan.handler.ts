import { VerifyPlan } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { groupNotFound } from '../groups/groups.ts';
import { GroupCheck } from '../readiness/group-check.ts';
import { readinessOf } from '../readiness/readiness-of.ts';
import { PlanRow } from './plan.row.ts';
import { planNotFound, planView } from './plans.ts';

@AnswersRequest(VerifyPlan)
export class VerifyPlanHandler implements RequestHandler<typeof VerifyPlan> {
  constructor(private readonly groupCheck: GroupCheck) {}

  async answer({ name }: InputOf<typeof VerifyPlan>, context: RequestContext): Promise<OutputOf<typeof VerifyPlan>> {
    const known = await context.transaction((tx) => tx.findOneBy(PlanRow, { name }));
    if (!known) throw planNotFound(name);
    await this.groupCheck.check(known.groupId, { asked: true });
    return context.transaction(async (tx) => {
      const plan = await tx.findOneBy(PlanRow, { name });
      const readiness = await readinessOf(tx, known.groupId);
      if (!plan) throw planNotFound(name);
      if (!readiness) throw groupNotFound(known.groupId);
      return { plan: await planView(tx, plan), readiness };
    });
  }
}
