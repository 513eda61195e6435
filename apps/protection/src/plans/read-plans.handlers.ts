import { ListPlans, ListPlanVersions, ReadPlan } from '@lifeboat/contracts';
import type { InputOf, OutputOf } from '@lifeboat/contracts';
import { AnswersRequest } from '@lifeboat/service-kit';
import type { RequestContext, RequestHandler } from '@lifeboat/service-kit';
import { PlanRow, PlanVersionRow } from './plan.row.ts';
import { planNotFound, planSummary, planView } from './plans.ts';

@AnswersRequest(ReadPlan)
export class ReadPlanHandler implements RequestHandler<typeof ReadPlan> {
  async answer(
    { name, version }: InputOf<typeof ReadPlan>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ReadPlan>> {
    return context.transaction(async (tx) => {
      const plan = await tx.findOneBy(PlanRow, { name });
      if (!plan) throw planNotFound(name);
      return { plan: await planView(tx, plan, version) };
    });
  }
}

@AnswersRequest(ListPlans)
export class ListPlansHandler implements RequestHandler<typeof ListPlans> {
  async answer(_input: InputOf<typeof ListPlans>, context: RequestContext): Promise<OutputOf<typeof ListPlans>> {
    return context.transaction(async (tx) => {
      const plans = [];
      for (const plan of await tx.find(PlanRow, { order: { name: 'ASC' } })) plans.push(await planSummary(tx, plan));
      return { plans };
    });
  }
}

/** Also of a plan that was removed: runs went by them. */
@AnswersRequest(ListPlanVersions)
export class ListPlanVersionsHandler implements RequestHandler<typeof ListPlanVersions> {
  async answer(
    { name }: InputOf<typeof ListPlanVersions>,
    context: RequestContext,
  ): Promise<OutputOf<typeof ListPlanVersions>> {
    const rows = await context.transaction((tx) =>
      tx.find(PlanVersionRow, { where: { name }, order: { version: 'DESC' } }),
    );
    if (rows.length === 0) throw planNotFound(name);
    return {
      versions: rows.map(({ version, appliedAt, appliedBy, digest }) => ({
        version,
        appliedAt: appliedAt.toISOString(),
        appliedBy,
        digest,
      })),
    };
  }
}
